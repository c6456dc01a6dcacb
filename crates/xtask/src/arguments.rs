//! Command lines of tasks: options first come, first served; what is left are paths.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

/// Arguments from which options are taken one by one.
#[derive(Debug)]
pub(crate) struct Arguments {
    left: Vec<OsString>,
}

impl Arguments {
    pub(crate) fn new(arguments: impl Iterator<Item = OsString>) -> Arguments {
        Arguments { left: arguments.collect() }
    }

    /// Takes every `name` and says whether there was one.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.left.len();
        self.left.retain(|argument| argument != name);
        self.left.len() < before
    }

    /// Takes the first `name value` or `name=value`.
    pub(crate) fn option(&mut self, name: &str) -> Result<Option<OsString>, String> {
        let prefix = format!("{name}=");
        for index in 0..self.left.len() {
            if self.left[index] == name {
                if index + 1 == self.left.len() {
                    return Err(format!("{name} needs a value"));
                }
                self.left.remove(index);
                return Ok(Some(self.left.remove(index)));
            }
            if let Some(value) = self.left[index].to_str().and_then(|text| text.strip_prefix(&prefix)) {
                let value = value.into();
                self.left.remove(index);
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Takes every `name value`.
    pub(crate) fn options(&mut self, name: &str) -> Result<Vec<OsString>, String> {
        let mut values = Vec::new();
        while let Some(value) = self.option(name)? {
            values.push(value);
        }
        Ok(values)
    }

    /// Takes `name value` and reads the value.
    pub(crate) fn parsed<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, String> {
        let Some(value) = self.option(name)? else { return Ok(None) };
        let text = value.to_string_lossy();
        text.parse().map(Some).map_err(|_| format!("{name} does not take {text:?}"))
    }

    /// Gives what is left as paths; an option among them is one that nobody knows.
    pub(crate) fn paths(self) -> Result<Vec<PathBuf>, String> {
        match self.left.iter().find(|argument| argument.to_string_lossy().starts_with('-')) {
            Some(unknown) => Err(format!("unknown option {}", unknown.to_string_lossy())),
            None => Ok(self.left.into_iter().map(PathBuf::from).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    fn arguments(text: &str) -> Arguments {
        Arguments::new(text.split_whitespace().map(Into::into))
    }

    #[test]
    fn options_are_taken_out() {
        let mut arguments = arguments("a --x 1 --y=2 b --x 3 --flag");
        assert!(arguments.flag("--flag"));
        assert!(!arguments.flag("--flag"));
        assert_eq!(arguments.parsed::<u32>("--y"), Ok(Some(2)));
        assert_eq!(arguments.options("--x").unwrap(), ["1", "3"]);
        assert_eq!(arguments.paths().unwrap(), [std::path::Path::new("a"), std::path::Path::new("b")]);
    }

    #[test]
    fn mistakes_are_told() {
        assert_eq!(arguments("--x").option("--x"), Err("--x needs a value".to_owned()));
        assert_eq!(arguments("--x y").parsed::<u32>("--x"), Err("--x does not take \"y\"".to_owned()));
        assert_eq!(arguments("a -z").paths(), Err("unknown option -z".to_owned()));
    }
}
