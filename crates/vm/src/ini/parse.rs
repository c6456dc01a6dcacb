//! The syntax of ini files: `php.ini`, `-d`, `parse_ini_string()`.
