//! The verifier refuses images that compiling and assembling would not have made. Each case forges one thing in a good image and
//! names the rule that has to notice, so that each rule has a case that fails without it.

mod listing;

mod code;
mod paths;
mod structures;
