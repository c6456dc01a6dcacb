//! The virtual machine: context, frames, dispatch, classes, exceptions, output and the extension API.
