--TEST--
Compile error: syntax error, unexpected end of file, expecting variable or heredoc end or "${" or "{$"
--FILE--
<?php
echo "not reached\n";
<<<X
abc
--EXPECTF--
Parse error: syntax error, unexpected end of file, expecting variable or heredoc end or "${" or "{$" in %ssyntax_error_unexpected_end_of_file_expecting_variable_or_he.php on line 5
