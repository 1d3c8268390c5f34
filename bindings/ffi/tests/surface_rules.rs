//! The rules of the phones' surface (`docs/surface.md`), held against what the built library says of itself; and its
//! signatures against `bindings/signatures.txt`, so that a change shows in a commit.
//!
//! `ASSIST_UPDATE_SIGNATURES=1 cargo test -p assist-ffi --test surface_rules` writes the file anew.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test states what it expects"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use camino::Utf8PathBuf;
use uniffi_bindgen::macro_metadata::extract_from_library;
use uniffi_meta::{FieldMetadata, FnParamMetadata, Metadata, MethodMetadata, Type};

/// JNA hands over six arguments in registers: the object, the status, and these.
const MOST_ARGUMENTS: usize = 4;
/// Process, session, call, their streams: few enough to hold in mind.
const MOST_OBJECTS: usize = 12;
/// Records and enums that belong to no crate of the core.
const OF_THE_SURFACE_ALONE: [&str; 3] = ["AssistConfig", "EncoderRequest", "LogLevel"];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the library beside this test says of itself, without the exports for tests.
fn surface() -> Vec<Metadata> {
    let test = std::env::current_exe().unwrap();
    let library = test.with_file_name("libassist_ffi.so");
    let library = Utf8PathBuf::from_path_buf(library).unwrap();
    let mut all = extract_from_library(&library).unwrap();
    all.retain(|item| {
        let module = item.module_path();
        module.starts_with("assist_") && !module.contains("test_exports") && !module.starts_with("assist_phone")
    });
    all.sort();
    all
}

fn methods(surface: &[Metadata]) -> impl Iterator<Item = MethodMetadata> {
    surface.iter().filter_map(|item| match item {
        Metadata::Method(method) => Some(method.clone()),
        Metadata::TraitMethod(method) => Some(method.clone().into()),
        _ => None,
    })
}

/// Every record and enum: its name, where it is declared, and its fields.
fn data(surface: &[Metadata]) -> impl Iterator<Item = (&str, &str, Vec<&FieldMetadata>)> {
    surface.iter().filter_map(|item| match item {
        Metadata::Record(record) => Some((&*record.name, &*record.module_path, record.fields.iter().collect())),
        Metadata::Enum(choice) => {
            let fields = choice.variants.iter().flat_map(|variant| &variant.fields).collect();
            Some((&*choice.name, &*choice.module_path, fields))
        }
        _ => None,
    })
}

fn words(ty: &Type) -> String {
    match ty {
        Type::Object { name, .. }
        | Type::Record { name, .. }
        | Type::Enum { name, .. }
        | Type::CallbackInterface { name, .. }
        | Type::Custom { name, .. } => name.clone(),
        Type::Optional { inner_type } => format!("{}?", words(inner_type)),
        Type::Sequence { inner_type } => format!("[{}]", words(inner_type)),
        Type::Box { inner_type } => words(inner_type),
        other => format!("{other:?}"),
    }
}

/// A type and those it is made of.
fn parts(ty: &Type) -> Vec<&Type> {
    let mut all = vec![ty];
    match ty {
        Type::Optional { inner_type } | Type::Sequence { inner_type } | Type::Box { inner_type } => {
            all.extend(parts(inner_type));
        }
        _ => {}
    }
    all
}

fn signature(
    name: &str,
    is_async: bool,
    inputs: &[FnParamMetadata],
    output: Option<&Type>,
    throws: Option<&Type>,
) -> String {
    let inputs: Vec<String> = inputs
        .iter()
        .map(|input| {
            format!(
                "{}: {}{}",
                input.name,
                if input.by_ref { "&" } else { "" },
                words(&input.ty)
            )
        })
        .collect();
    let mut line = format!("{}{name}({})", if is_async { "async " } else { "" }, inputs.join(", "));
    if let Some(output) = output {
        let _ = write!(line, " -> {}", words(output));
    }
    if let Some(throws) = throws {
        let _ = write!(line, " throws {}", words(throws));
    }
    line
}

fn fields(fields: &[FieldMetadata]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|field| format!("{}: {}", field.name, words(&field.ty)))
        .collect();
    fields.join(", ")
}

/// The surface, one thing a line.
fn rendered(surface: &[Metadata]) -> String {
    let lines: BTreeSet<String> = surface
        .iter()
        .flat_map(|item| match item {
            Metadata::Func(function) => vec![signature(
                &format!("function {}", function.name),
                function.is_async,
                &function.inputs,
                function.return_type.as_ref(),
                function.throws.as_ref(),
            )],
            Metadata::Constructor(made) => vec![format!(
                "{}.{}",
                made.self_name,
                signature(&made.name, made.is_async, &made.inputs, None, made.throws.as_ref())
            )],
            Metadata::Method(_) | Metadata::TraitMethod(_) => methods(std::slice::from_ref(item))
                .map(|method| {
                    let (output, throws) = (method.return_type.as_ref(), method.throws.as_ref());
                    let signature = signature(&method.name, method.is_async, &method.inputs, output, throws);
                    format!("{}.{signature}", method.self_name)
                })
                .collect(),
            Metadata::Object(object) => vec![format!("object {}", object.name)],
            Metadata::Record(record) => vec![format!("record {} {{ {} }}", record.name, fields(&record.fields))],
            Metadata::Enum(choice) => choice
                .variants
                .iter()
                .map(|variant| match &*variant.fields {
                    [] => format!("enum {}.{}", choice.name, variant.name),
                    inner => format!("enum {}.{} {{ {} }}", choice.name, variant.name, fields(inner)),
                })
                .collect(),
            Metadata::CustomType(custom) => vec![format!("custom {} = {}", custom.name, words(&custom.builtin))],
            _ => vec![],
        })
        .collect();
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn signatures_are_those_of_the_snapshot() {
    let now = rendered(&surface());
    let path = repository().join("bindings/signatures.txt");
    if std::env::var_os("ASSIST_UPDATE_SIGNATURES").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        now, kept,
        "the phones' surface changed: if it was meant to, run this test with ASSIST_UPDATE_SIGNATURES=1 and commit the file"
    );
}

#[test]
fn rule_1_macros_only_one_version_and_data_declared_in_the_core() {
    let surface = surface();
    assert!(!surface.iter().any(|item| matches!(item, Metadata::UdlFile(_))));
    let manifest = std::fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    for package in ["uniffi", "uniffi_bindgen", "uniffi_meta"] {
        let line = manifest.lines().find(|line| line.starts_with(&format!("{package} = ")));
        assert!(line.unwrap().contains("=0.32.2"), "{package} is pinned");
    }
    let strays: Vec<&str> = data(&surface)
        .filter(|(name, module, _)| {
            module.starts_with("assist_ffi") && !name.ends_with("Failure") && !name.ends_with("Error")
        })
        .map(|(name, ..)| name)
        .filter(|name| !OF_THE_SURFACE_ALONE.contains(name))
        .collect();
    assert_eq!(strays, Vec::<&str>::new(), "declare these in core/");
    let objects_elsewhere =
        |item: &&Metadata| matches!(item, Metadata::Object(object) if !object.module_path.starts_with("assist_ffi"));
    assert_eq!(surface.iter().find(objects_elsewhere), None);
}

#[test]
fn rule_2_few_objects_and_none_inside_data() {
    let surface = surface();
    let objects = surface
        .iter()
        .filter(|item| matches!(item, Metadata::Object(_)))
        .count();
    assert!((3..=MOST_OBJECTS).contains(&objects), "{objects} objects");
    for (name, _, fields) in data(&surface) {
        let has_object =
            |field: &&FieldMetadata| parts(&field.ty).iter().any(|part| matches!(part, Type::Object { .. }));
        assert_eq!(fields.into_iter().find(has_object), None, "in {name}");
    }
}

#[test]
fn rule_3_streams_are_pulled_closed_and_carry_revisions() {
    let surface = surface();
    let methods: Vec<MethodMetadata> = methods(&surface).collect();
    let mut streams = 0;
    for object in surface.iter().filter_map(|item| match item {
        Metadata::Object(object) if object.name.ends_with("Stream") => Some(&object.name),
        _ => None,
    }) {
        streams += 1;
        let of = |name: &str| {
            methods
                .iter()
                .find(|method| method.self_name == *object && method.name == name)
        };
        let next = of("next").unwrap_or_else(|| unreachable!("{object} has no next"));
        assert!(
            next.is_async && next.inputs.is_empty() && next.throws.is_none(),
            "{object}.next"
        );
        let Some(Type::Optional { inner_type }) = &next.return_type else {
            unreachable!("{object}.next gives no option");
        };
        let close = of("close").unwrap_or_else(|| unreachable!("{object} has no close"));
        assert!(!close.is_async && close.throws.is_none(), "{object}.close");
        if let Type::Record { name, .. } = &**inner_type
            && name.ends_with("Snapshot")
        {
            let (.., fields) = data(&surface).find(|(known, ..)| known == name).unwrap();
            let revision = fields.iter().find(|field| field.name == "revision");
            assert_eq!(revision.map(|field| &field.ty), Some(&Type::UInt64), "{name}.revision");
        }
    }
    assert!(streams >= 6, "{streams} streams");
}

#[test]
fn rules_4_and_8_errors_are_typed_and_say_what_now() {
    let surface = surface();
    let errors: Vec<_> = surface
        .iter()
        .filter_map(|item| match item {
            Metadata::Enum(choice) if choice.shape.is_error() => Some(choice),
            _ => None,
        })
        .collect();
    for method in methods(&surface) {
        if let Some(throws) = &method.throws {
            assert!(errors.iter().any(|error| error.name == words(throws)), "{method:?}");
        }
    }
    // The store's error comes from the app: its words are all it has.
    for error in errors.iter().filter(|error| error.name != "SecureStoreFailure") {
        for variant in &error.variants {
            assert_eq!(
                fields(&variant.fields),
                "advice: Advice",
                "{}.{}",
                error.name,
                variant.name
            );
        }
    }
    let (.., advice) = data(&surface).find(|(name, ..)| *name == "Advice").unwrap();
    let names: Vec<&str> = advice.iter().map(|field| &*field.name).collect();
    assert_eq!(names, ["message", "is_retryable", "retry_after_ms", "needs_sign_in"]);
}

#[test]
fn rule_5_the_app_gives_little_and_synchronously() {
    let surface = surface();
    let mut of_the_app = 0;
    for item in &surface {
        let Metadata::TraitMethod(method) = item else { continue };
        of_the_app += 1;
        assert!(
            ["SecureStore", "LogSink"].contains(&&*method.trait_name),
            "{}",
            method.trait_name
        );
        assert!(
            !method.is_async && method.inputs.iter().all(|input| !input.by_ref),
            "{method:?}"
        );
    }
    assert_eq!(of_the_app, 3);
}

#[test]
fn rule_6_threads_are_made_at_one_place() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in std::fs::read_dir(sources).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let makes_one = text.contains("Runtime::new") || text.contains("Builder::new_");
        assert_eq!(makes_one, path.ends_with("runtime.rs"), "{}", path.display());
        assert!(!text.contains("block_on"), "nothing blocks: {}", path.display());
    }
}

#[test]
fn rule_7_hot_paths_are_flat() {
    let surface = surface();
    let numbers = |ty: &Type| {
        let is_list = |part: &&Type| matches!(part, Type::Sequence { inner_type } if !matches!(**inner_type, Type::Record { .. } | Type::String));
        parts(ty).into_iter().find(is_list).cloned()
    };
    for method in methods(&surface) {
        for input in &method.inputs {
            assert_eq!(numbers(&input.ty), None, "{}.{}", method.self_name, method.name);
            if matches!(input.ty, Type::Bytes) {
                assert!(input.by_ref, "{}.{} borrows its bytes", method.self_name, method.name);
            }
        }
        assert_eq!(
            method.return_type.as_ref().and_then(numbers),
            None,
            "{}.{}",
            method.self_name,
            method.name
        );
    }
}

#[test]
fn rule_9_few_arguments_and_panics_unwind() {
    for method in methods(&surface()) {
        assert!(
            method.inputs.len() <= MOST_ARGUMENTS,
            "{}.{}",
            method.self_name,
            method.name
        );
    }
    let manifest = std::fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    assert!(!manifest.contains("panic = \"abort\""));
    let keep = std::fs::read_to_string(repository().join("android/assist/consumer-rules.pro")).unwrap();
    for kept in ["com.sun.jna", "org.openassist.generated"] {
        assert!(keep.contains(kept), "the AAR keeps {kept}");
    }
}
