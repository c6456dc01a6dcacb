//! The help text.

/// What `-h` prints; `program` is the name that the command was called by.
pub fn usage(program: &str) -> String {
    let mut text = String::new();
    let forms = [
        "[options] [-f] <file>",
        "[options] -r <code>",
        "[options] [-B <begin_code>] -R <code> [-E <end_code>]",
    ];
    let more = [
        "[options] -S <addr>:<port> [-t docroot] [router]",
        "[options] [-B <begin_code>] -F <file> [-E <end_code>]",
        "[options] --",
    ];
    for (index, form) in forms.iter().chain(&more).enumerate() {
        let head = if index == 0 { "Usage: " } else { "   " };
        let separator = if form.ends_with("--") || form.ends_with("[router]") { "" } else { " [--]" };
        text.push_str(&format!("{head}{program} {form}{separator} [args...]\n"));
    }
    if program != "php" {
        let help = "(see the cache of a running process: `cache --help`; `./cache` is a file)";
        text.push_str(&format!("   {program} cache status|map ... {help}\n"));
    }
    text.push('\n');
    for (name, help) in OPTIONS {
        text.push_str(&format!("  {name:<16} {help}\n"));
    }
    text.push_str(
        "\n  args...          Arguments passed to the script. Put -- before them when the first one\n                   \
         starts with - or the script is read from standard input\n\n",
    );
    for (name, help) in LONG_OPTIONS {
        text.push_str(&format!("  {name:<16} {help}\n"));
    }
    text.push('\n');
    text
}

const OPTIONS: &[(&str, &str)] = &[
    ("-c <path>|<file>", "Look for php.ini in this folder, or take this file"),
    ("-n", "Read no php.ini"),
    ("-d foo[=bar]", "Set the INI setting foo to 'bar'"),
    ("-f <file>", "Run <file>"),
    ("-h", "This help"),
    ("-i", "Information about this PHP"),
    ("-l", "Check the syntax only"),
    ("-m", "Show the extensions"),
    ("-r <code>", "Run <code>, which stands without <?php"),
    ("-B <begin_code>", "Run <begin_code> before the lines of the input"),
    ("-R <code>", "Run <code> for each line of the input"),
    ("-F <file>", "Run <file> for each line of the input"),
    ("-E <end_code>", "Run <end_code> after the lines of the input"),
    ("-H", "Hide the arguments from the script's variables"),
    ("-S <addr>:<port>", "Run the built-in web server"),
    ("-t <docroot>", "Serve the files of the folder <docroot>"),
    ("-s", "Print the source as highlighted HTML"),
    ("-v", "Version"),
    ("-w", "Print the source without comments and white space"),
];

const LONG_OPTIONS: &[(&str, &str)] = &[
    ("--ini", "Show the configuration files"),
    ("--repeat <n>", "Run the script <n> times in one process"),
    ("--threads <n>", "Run the script on <n> threads at once, which must print the same"),
    ("", ""),
    ("--rf <name>", "Show a function"),
    ("--rc <name>", "Show a class"),
    ("--re <name>", "Show an extension"),
    ("--ri <name>", "Show the settings of an extension"),
];
