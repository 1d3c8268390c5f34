//! What `bindings/generate` does with what is no library. This test is also what makes `cargo test` build the generator.

use std::path::Path;
use std::process::Command;

#[test]
fn what_is_no_library_is_an_error_that_names_it_and_writes_nothing() {
    let folder = std::env::temp_dir().join(format!("uniffi-bindgen-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = folder.join("text.so");
    std::fs::write(&text, "no library").expect("a file");
    let target = Path::new(env!("CARGO_BIN_EXE_uniffi-bindgen")).join("../..");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generate");

    for library in [folder.join("missing.so"), text] {
        let out = folder.join("out");
        let run = Command::new(&script)
            .env("CARGO_TARGET_DIR", &target)
            .arg("kotlin")
            .args([&library, &out])
            .output()
            .expect("the script starts");
        assert!(!run.status.success());
        let said = String::from_utf8_lossy(&run.stderr);
        let name = library.file_name().unwrap_or_default().to_string_lossy();
        assert!(said.contains(&*name), "{name} is not in: {said}");
        assert_eq!(std::fs::read_dir(&out).map_or(0, Iterator::count), 0);
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}
