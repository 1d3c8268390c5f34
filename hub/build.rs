//! Builds the crate again when a file of the page comes or goes; what is in a file cargo sees for itself.

fn main() {
    println!("cargo::rerun-if-changed=page");
}
