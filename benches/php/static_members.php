<?php
// Static properties, static methods and class constants.
class Counter
{
    const STEP = 3;
    private static int $value = 0;

    public static function add(): void
    {
        self::$value += self::STEP;
    }

    public static function value(): int
    {
        return static::$value;
    }
}

function run(): int
{
    for ($i = 0; $i < 4_000_000; $i++) {
        Counter::add();
    }
    return Counter::value();
}
