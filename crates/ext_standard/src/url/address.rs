//! Internet addresses as text and as numbers.

use phalanx_macros::php_fn;
use phalanx_value::PhpString;
use phalanx_vm::args::OrFalse;
use phalanx_vm::native::NativeFn;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&IP2LONG, &LONG2IP, &INET_NTOP, &INET_PTON];

fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// <https://www.php.net/ip2long>
#[php_fn("ip2long(string $ip): int|false", pure, leaf, nothrow)]
fn ip2long(ip: &PhpString) -> OrFalse<i64> {
    let address = text_of(ip).and_then(|text| text.parse::<Ipv4Addr>().ok());
    OrFalse(address.map(|address| i64::from(u32::from(address))))
}

/// <https://www.php.net/long2ip>
#[php_fn("long2ip(int $ip): string", pure, leaf, nothrow)]
fn long2ip(ip: i64) -> String {
    Ipv4Addr::from(ip as u32).to_string()
}

/// <https://www.php.net/inet_ntop>
#[php_fn("inet_ntop(string $ip): string|false", pure, leaf, nothrow)]
fn inet_ntop(ip: &PhpString) -> OrFalse<String> {
    let bytes = ip.as_bytes();
    let four = <[u8; 4]>::try_from(bytes).map(|bytes| Ipv4Addr::from(bytes).to_string());
    let six = <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).to_string());
    OrFalse(four.or(six).ok())
}

/// <https://www.php.net/inet_pton>
#[php_fn("inet_pton(string $ip): string|false", pure, leaf, nothrow)]
fn inet_pton(ip: &PhpString) -> OrFalse<Vec<u8>> {
    let address = text_of(ip).and_then(|text| text.parse::<IpAddr>().ok());
    OrFalse(address.map(|address| match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }))
}
