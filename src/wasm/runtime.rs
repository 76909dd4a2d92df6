//! What stands in for the standard library where its size is too dear.

/// Two-level segregated fit, written for small wasm: 1 kB where the usual allocator is 3.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// The player build has no standard library, whose panic messages and hooks are 2 kB of its 15.
/// Nothing in the core panics; if a library does, the module traps and the shell sees a
/// `WebAssembly.RuntimeError`.
#[cfg(all(feature = "player", not(feature = "wire")))]
#[panic_handler]
fn trap(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
