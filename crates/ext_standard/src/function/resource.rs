//! Resources as such.

use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpResource, PhpString, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&GET_RESOURCE_TYPE, &GET_RESOURCE_ID, &GET_RESOURCES];

/// <https://www.php.net/get_resource_type>
#[php_fn("get_resource_type(resource $resource): string")]
fn get_resource_type(resource: &PhpResource) -> &'static str {
    resource.type_name()
}

/// <https://www.php.net/get_resource_id>
#[php_fn("get_resource_id(resource $resource): int")]
fn get_resource_id(resource: &PhpResource) -> i64 {
    resource.id()
}

/// <https://www.php.net/get_resources>
#[php_fn("get_resources(?string $type = null): array")]
fn get_resources(cx: &mut Context, r#type: Option<&PhpString>) -> PhpResult<PhpArray> {
    let _ = cx;
    let mut found = PhpArray::new();
    PhpResource::for_each(|resource| {
        let wanted = match r#type {
            Some(name) => resource.type_name().as_bytes() == name.as_bytes(),
            None => !resource.is_closed(),
        };
        if wanted {
            found.insert(resource.id(), Value::resource(resource.clone()));
        }
    });
    Ok(found)
}
