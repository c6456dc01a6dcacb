--TEST--
Operands that arithmetic does not take
--FILE--
<?php
foreach (['+', '-', '*', '/', '%', '**', '<<', '|', '.'] as $op) {
    foreach (['[] %s 1', '1 %s new stdClass', 'null %s []', '"x" %s 1', 'STDIN %s 1'] as $format) {
        $code = sprintf($format, $op);
        try {
            $result = eval("return @($code);");
            echo $code, ' = ', is_scalar($result) ? var_export($result, true) : gettype($result), "\n";
        } catch (Error $e) {
            echo $code, ': ', get_class($e), ': ', $e->getMessage(), "\n";
        }
    }
}
--EXPECT--
[] + 1: TypeError: Unsupported operand types: array + int
1 + new stdClass: TypeError: Unsupported operand types: int + stdClass
null + []: TypeError: Unsupported operand types: null + array
"x" + 1: TypeError: Unsupported operand types: string + int
STDIN + 1: TypeError: Unsupported operand types: resource + int
[] - 1: TypeError: Unsupported operand types: array - int
1 - new stdClass: TypeError: Unsupported operand types: int - stdClass
null - []: TypeError: Unsupported operand types: null - array
"x" - 1: TypeError: Unsupported operand types: string - int
STDIN - 1: TypeError: Unsupported operand types: resource - int
[] * 1: TypeError: Unsupported operand types: array * int
1 * new stdClass: TypeError: Unsupported operand types: stdClass * int
null * []: TypeError: Unsupported operand types: null * array
"x" * 1: TypeError: Unsupported operand types: string * int
STDIN * 1: TypeError: Unsupported operand types: resource * int
[] / 1: TypeError: Unsupported operand types: array / int
1 / new stdClass: TypeError: Unsupported operand types: int / stdClass
null / []: TypeError: Unsupported operand types: null / array
"x" / 1: TypeError: Unsupported operand types: string / int
STDIN / 1: TypeError: Unsupported operand types: resource / int
[] % 1: TypeError: Unsupported operand types: array % int
1 % new stdClass: TypeError: Unsupported operand types: int % stdClass
null % []: TypeError: Unsupported operand types: null % array
"x" % 1: TypeError: Unsupported operand types: string % int
STDIN % 1: TypeError: Unsupported operand types: resource % int
[] ** 1: TypeError: Unsupported operand types: array ** int
1 ** new stdClass: TypeError: Unsupported operand types: int ** stdClass
null ** []: TypeError: Unsupported operand types: null ** array
"x" ** 1: TypeError: Unsupported operand types: string ** int
STDIN ** 1: TypeError: Unsupported operand types: resource ** int
[] << 1: TypeError: Unsupported operand types: array << int
1 << new stdClass: TypeError: Unsupported operand types: int << stdClass
null << []: TypeError: Unsupported operand types: null << array
"x" << 1: TypeError: Unsupported operand types: string << int
STDIN << 1: TypeError: Unsupported operand types: resource << int
[] | 1: TypeError: Unsupported operand types: array | int
1 | new stdClass: TypeError: Unsupported operand types: stdClass | int
null | []: TypeError: Unsupported operand types: null | array
"x" | 1: TypeError: Unsupported operand types: string | int
STDIN | 1: TypeError: Unsupported operand types: resource | int
[] . 1 = 'Array1'
1 . new stdClass: Error: Object of class stdClass could not be converted to string
null . [] = 'Array'
"x" . 1 = 'x1'
STDIN . 1 = 'Resource id #11'
