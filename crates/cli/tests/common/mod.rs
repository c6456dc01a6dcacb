//! What tests of `phalanx cache` share: running it, and a reader for as much of XML as there is in its pictures.

use std::path::Path;
use std::process::{Command, Output};

/// Runs the command in a folder.
pub fn cache(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phalanx"));
    command.arg("cache").args(arguments).current_dir(folder).env_remove("COLUMNS").env_remove("LINES");
    command.output().unwrap()
}

/// What the command prints, which succeeds without a complaint.
pub fn shown(folder: &Path, arguments: &[&str]) -> String {
    let output = cache(folder, arguments);
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// An element of the picture: its name and attributes.
type Element<'a> = (&'a str, Vec<(&'a str, &'a str)>);

/// All elements of a well-formed document without comments and sections.
fn elements(document: &str) -> Vec<Element<'_>> {
    let mut rest =
        document.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a declaration");
    let (mut open, mut elements) = (Vec::new(), Vec::new());
    while let Some(start) = rest.find('<') {
        check_text(&rest[..start]);
        assert!(!open.is_empty() || rest[..start].trim().is_empty(), "text outside of the document");
        let end = start + rest[start..].find('>').expect("the end of a tag");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, mut words) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes: Vec<(&str, &str)> = Vec::new();
        while !words.is_empty() {
            let (attribute, more) = words.split_once("=\"").expect("a value in quotes");
            let (value, more) = more.split_once('"').expect("a closing quote");
            check_text(value);
            assert!(attributes.iter().all(|(known, _)| *known != attribute), "{attribute} twice");
            attributes.push((attribute, value));
            words = more.trim_start();
        }
        elements.push((name, attributes));
        if !closed {
            open.push(name);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty());
    elements
}

fn check_text(text: &str) {
    assert!(!text.contains(|c: char| c < ' ' && c != '\n'), "{text:?}");
    for entity in text.split('&').skip(1) {
        assert!(["amp;", "lt;", "gt;", "quot;"].iter().any(|known| entity.starts_with(known)), "{text:?}");
    }
}

fn number(element: &Element<'_>, name: &str) -> Option<usize> {
    element.1.iter().find(|(known, _)| *known == name).map(|(_, value)| value.parse().unwrap())
}

/// Checks a picture: blocks adjoin and fill their segments.
pub fn check_map(picture: &str, segments: &[usize]) {
    let elements = elements(picture);
    let mut sizes = Vec::new();
    let mut next = 0;
    for element in elements.iter().filter(|(name, _)| *name == "g") {
        match (number(element, "data-offset"), number(element, "data-size")) {
            (None, Some(size)) => {
                assert_eq!(next, sizes.last().copied().unwrap_or(0));
                sizes.push(size);
                next = 0;
            }
            (Some(offset), Some(size)) => {
                assert_eq!(offset, next);
                next += size;
            }
            _ => panic!("a group without a size: {element:?}"),
        }
    }
    sizes.iter().last().iter().for_each(|&&size| assert_eq!(next, size));
    assert_eq!(sizes, segments);
}
