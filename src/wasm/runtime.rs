//! What the player build has in place of the standard library's allocator and panic hook, which are
//! 5 kB of its 15.

use core::panic::PanicInfo;

/// Two-level segregated fit, written for small wasm.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Nothing in the core panics; if a library does, the module traps and the shell sees a
/// `WebAssembly.RuntimeError`.
#[panic_handler]
fn trap(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
