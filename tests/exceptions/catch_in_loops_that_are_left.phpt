--TEST--
What a loop iterates over outlives exceptions that are caught in its body, wherever the body leaves the loop
--FILE--
<?php
function words(string $of): array {
    return array_map(fn($n) => $of . $n, range(1, 4));
}

// Taken again by whatever was freed too early.
function fill(): array {
    return [[__LINE__], ["a" . __LINE__], words("fill")];
}

function leave_by_return(int $last): string {
    foreach (words("r") as $i => $word) {
        try {
            if ($i == 1) throw new Exception("caught $i");
            if ($i == $last) return "returned $i";
            echo $word, "\n";
        } catch (Exception $e) {
            echo $e->getMessage(), "\n";
        }
        $fill = fill();
    }
    return "ended";
}
echo leave_by_return(9), "\n", leave_by_return(3), "\n";

function leave_two(int $last): string {
    foreach (words("o") as $outer) {
        foreach (words("i") as $i => $word) {
            try {
                if ($i == 1) throw new Exception("caught $i");
                if ($i == $last && $outer == "o1") continue 2;
                if ($i == $last && $outer == "o2") break 2;
                echo $outer, $word, "\n";
            } catch (Exception $e) {
                echo $e->getMessage(), "\n";
            }
            $fill = fill();
        }
    }
    return "left $outer";
}
echo leave_two(9), "\n", leave_two(2), "\n";

function with_finally(int $last): string {
    foreach (words("f") as $i => $word) {
        try {
            try {
                if ($i == 1) throw new Exception("caught $i");
                if ($i == $last) return "returned $i";
                echo $word, "\n";
            } finally {
                $fill = fill();
                echo "finally $i\n";
            }
        } catch (Exception $e) {
            echo $e->getMessage(), "\n";
        }
        $fill = fill();
    }
    return "ended";
}
echo with_finally(9), "\n", with_finally(2), "\n";

function without_end(): string {
    foreach (words("w") as $i => $word) {
        try {
            for (;;) {
                if ($i == 3) return "returned $i";
                echo $word, "\n";
                throw new Exception("caught $i");
            }
            foreach ($never as $nothing) echo "not reached\n";
        } catch (Exception $e) {
            echo $e->getMessage(), "\n";
        }
        $fill = fill();
    }
}
echo without_end(), "\n";

function generator(int $last): iterable {
    foreach (words("g") as $i => $word) {
        try {
            if ($i == $last) return "returned $i";
            yield $word;
        } catch (Exception $e) {
            echo $e->getMessage(), "\n";
        }
        $fill = fill();
    }
}
foreach ([9, 3] as $last) {
    $generator = generator($last);
    foreach ($generator as $key => $word) {
        echo "$key $word\n";
        if ($key == 1) echo $generator->throw(new Exception("thrown into")), "\n";
    }
    var_dump($generator->getReturn());
}

function match_and_call(int $last): string {
    foreach (words("m") as $i => $word) {
        echo implode(",", [$word, (function () use ($i) {
            try {
                if ($i == 1) throw new Exception("caught $i");
                return "fine";
            } catch (Exception $e) {
                return $e->getMessage();
            }
        })()]), "\n";
        switch ($word . "x") {
            case "m1x":
                try {
                    if ($last == 0) return "returned in switch";
                    throw new Exception("in switch");
                } catch (Exception $e) {
                    echo $e->getMessage(), "\n";
                }
                break;
            case "m2x":
                continue 2;
            default:
                echo "default\n";
        }
        $fill = fill();
    }
    return "ended";
}
echo match_and_call(9), "\n", match_and_call(0), "\n";
?>
--EXPECT--
r1
caught 1
r3
r4
ended
r1
caught 1
r3
returned 3
o1i1
caught 1
o1i3
o1i4
o2i1
caught 1
o2i3
o2i4
o3i1
caught 1
o3i3
o3i4
o4i1
caught 1
o4i3
o4i4
left o4
o1i1
caught 1
o2i1
caught 1
left o2
f1
finally 0
finally 1
caught 1
f3
finally 2
f4
finally 3
ended
f1
finally 0
finally 1
caught 1
finally 2
returned 2
w1
caught 0
w2
caught 1
w3
caught 2
returned 3
0 g1
1 g2
thrown into
g3
3 g4
NULL
0 g1
1 g2
thrown into
g3
string(10) "returned 3"
m1,fine
in switch
m2,caught 1
m3,fine
default
m4,fine
default
ended
m1,fine
returned in switch
