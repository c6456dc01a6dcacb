<?php
// Calls one interface on objects of three classes.
interface Shape
{
    public function area(): float;
}
class Square implements Shape
{
    public function __construct(private float $side) {}
    public function area(): float { return $this->side * $this->side; }
}
class Circle implements Shape
{
    public function __construct(private float $radius) {}
    public function area(): float { return 3.14159 * $this->radius * $this->radius; }
}
class Box implements Shape
{
    public function __construct(private float $a, private float $b) {}
    public function area(): float { return $this->a * $this->b; }
}

function run(): float
{
    $shapes = [];
    for ($i = 0; $i < 300; $i++) {
        $shapes[] = match ($i % 3) {
            0 => new Square($i),
            1 => new Circle($i),
            2 => new Box($i, 2),
        };
    }
    $sum = 0.0;
    for ($round = 0; $round < 10000; $round++) {
        foreach ($shapes as $shape) {
            $sum += $shape->area();
        }
    }
    return $sum;
}
