<?php
// Makes and drops small objects.
class Node
{
    public function __construct(public ?Node $left, public ?Node $right) {}

    public function count(): int
    {
        return 1 + ($this->left?->count() ?? 0) + ($this->right?->count() ?? 0);
    }
}

function tree(int $depth): Node
{
    return $depth === 0 ? new Node(null, null) : new Node(tree($depth - 1), tree($depth - 1));
}

function run(): int
{
    $count = 0;
    for ($i = 0; $i < 12; $i++) {
        $count += tree(15)->count();
    }
    return $count;
}
