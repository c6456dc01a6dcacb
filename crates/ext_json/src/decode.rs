//! JSON to values.
//!
//! The reader keeps the open arrays and objects on a stack of its own: depth is limited by the `$depth` parameter alone.

use crate::error::JsonError;
use crate::flag;
use crate::scan::{Scanner, Token};
use phalanx_value::{ArrayKey, Key, ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::{Context, PhpResult};

/// What is being filled.
enum Open {
    List(PhpArray),
    /// An object as an array.
    Map(PhpArray, ArrayKey),
    /// None until it has a member.
    Object(Option<ObjRef>, PhpString),
    /// When the text is only looked at.
    Nothing {
        array: bool,
    },
}

/// Where the text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A value must come.
    Value,
    /// A value or `]` must come.
    FirstElement,
    /// A key or `}` must come.
    FirstKey,
    /// A key must come.
    Key,
    /// A value has ended.
    AfterValue,
}

/// Reads a text.
pub struct Decoder<'a> {
    scanner: Scanner<'a>,
    flags: i64,
    max_depth: usize,
    /// Whether values are made; the text is only looked at otherwise.
    builds: bool,
    open: Vec<Open>,
}

impl<'a> Decoder<'a> {
    /// A reader of `text`; objects become arrays if `flags` say so.
    pub fn new(text: &'a [u8], flags: i64, max_depth: usize, builds: bool) -> Decoder<'a> {
        Decoder { scanner: Scanner::new(text, flags), flags, max_depth, builds, open: Vec::new() }
    }

    /// The value that the text stands for.
    pub fn decode(mut self, cx: &mut Context) -> PhpResult<Result<Value, JsonError>> {
        let mut place = Place::Value;
        loop {
            let token = match self.scanner.next() {
                Ok(token) => token,
                Err(error) => return Ok(Err(error)),
            };
            let step = self.step(cx, place, token)?;
            match step {
                Err(error) => return Ok(Err(error)),
                Ok(Step::Next(next)) => place = next,
                Ok(Step::Ended(mut value)) => {
                    // The value goes into what is open; it is the result if nothing is.
                    match self.open.last_mut() {
                        Some(open) => {
                            add(cx, open, std::mem::take(&mut value))?;
                            cx.check_memory()?;
                            place = Place::AfterValue;
                        }
                        None => {
                            return Ok(match self.scanner.next() {
                                Ok(Token::End) => Ok(value),
                                Ok(_) => Err(JsonError::Syntax),
                                Err(error) => Err(error),
                            });
                        }
                    }
                }
            }
        }
    }

    fn step(&mut self, cx: &mut Context, place: Place, token: Token) -> PhpResult<Result<Step, JsonError>> {
        Ok(match (place, token) {
            (Place::FirstElement, Token::CloseArray) | (Place::FirstKey, Token::CloseObject) => {
                Ok(self.close(cx)?)
            }
            (Place::FirstElement, Token::CloseObject) | (Place::FirstKey, Token::CloseArray) => {
                Err(JsonError::StateMismatch)
            }
            (Place::Value | Place::FirstElement, token) => self.value(token),
            (Place::Key | Place::FirstKey, Token::String(name)) => self.key(name),
            (Place::AfterValue, token) => return self.after(cx, token),
            _ => Err(JsonError::Syntax),
        })
    }

    fn value(&mut self, token: Token) -> Result<Step, JsonError> {
        let value = match token {
            Token::OpenArray | Token::OpenObject => {
                // A scalar inside takes a level too, and so does nothing inside.
                if self.open.len() + 1 >= self.max_depth {
                    return Err(JsonError::Depth);
                }
                let array = token == Token::OpenArray;
                let open = if !self.builds {
                    Open::Nothing { array }
                } else if array {
                    Open::List(PhpArray::new())
                } else if self.flags & flag::OBJECT_AS_ARRAY != 0 {
                    Open::Map(PhpArray::new(), ArrayKey::Int(0))
                } else {
                    Open::Object(None, PhpString::new())
                };
                self.open.push(open);
                return Ok(Step::Next(if array { Place::FirstElement } else { Place::FirstKey }));
            }
            Token::Null => Value::NULL,
            Token::Bool(on) => Value::bool(on),
            Token::Int(int) => Value::int(int),
            Token::Float(float) => Value::float(float),
            Token::String(text) | Token::BigInt(text) => {
                if self.builds {
                    Value::str(text)
                } else {
                    Value::NULL
                }
            }
            _ => return Err(JsonError::Syntax),
        };
        Ok(Step::Ended(value))
    }

    fn key(&mut self, name: Vec<u8>) -> Result<Step, JsonError> {
        match self.open.last_mut() {
            Some(Open::Map(_, key)) => *key = ArrayKey::from_bytes(&name),
            Some(Open::Object(_, key)) => {
                if name.first() == Some(&0) {
                    return Err(JsonError::InvalidPropertyName);
                }
                *key = PhpString::from_bytes(&name);
            }
            _ => {}
        }
        match self.scanner.next()? {
            Token::Colon => Ok(Step::Next(Place::Value)),
            _ => Err(JsonError::Syntax),
        }
    }

    fn after(&mut self, cx: &mut Context, token: Token) -> PhpResult<Result<Step, JsonError>> {
        let in_array = matches!(self.open.last(), Some(Open::List(_) | Open::Nothing { array: true }));
        match token {
            Token::Comma => Ok(Ok(Step::Next(if in_array { Place::Value } else { Place::Key }))),
            Token::CloseArray | Token::CloseObject => {
                if (token == Token::CloseArray) != in_array {
                    return Ok(Err(JsonError::StateMismatch));
                }
                self.close(cx).map(Ok)
            }
            _ => Ok(Err(JsonError::Syntax)),
        }
    }

    fn close(&mut self, cx: &mut Context) -> PhpResult<Step> {
        Ok(Step::Ended(match self.open.pop() {
            Some(Open::List(array) | Open::Map(array, _)) => Value::array(array),
            Some(Open::Object(object, _)) => Value::object(made(cx, object)?),
            Some(Open::Nothing { .. }) | None => Value::NULL,
        }))
    }
}

enum Step {
    Next(Place),
    Ended(Value),
}

/// The object, made when its first member has been read: that is when PHP makes it, which shows in its number.
fn made(cx: &mut Context, object: Option<ObjRef>) -> PhpResult<ObjRef> {
    match object {
        Some(object) => Ok(object),
        None => {
            let class = cx.native_class("stdclass");
            cx.new_object(class)
        }
    }
}

fn add(cx: &mut Context, open: &mut Open, value: Value) -> PhpResult {
    match open {
        Open::List(array) => array.push_value(value),
        Open::Map(array, key) => drop(array.insert(&*key, value)),
        Open::Object(place, name) => {
            let object = made(cx, place.take())?;
            object.with_dynamic(|table| table.insert(Key::Str(name), value));
            *place = Some(object);
        }
        Open::Nothing { .. } => {}
    }
    Ok(())
}
