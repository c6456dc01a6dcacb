<?php
// Reads and writes properties of objects in methods.
class Point
{
    public int $x = 0;
    private int $moves = 0;

    public function move(int $by): static
    {
        $this->x += $by;
        $this->moves++;
        return $this;
    }

    public function moves(): int
    {
        return $this->moves;
    }
}

function run(): int
{
    $point = new Point;
    for ($i = 0; $i < 3_000_000; $i++) {
        $point->move($i & 3);
        $point->x -= 1;
    }
    return $point->x + $point->moves();
}
