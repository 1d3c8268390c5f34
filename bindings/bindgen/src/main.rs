//! The generator, of the same version as the library by the same lockfile; apart from it, so that no phone carries it.

fn main() {
    uniffi::uniffi_bindgen_main();
}
