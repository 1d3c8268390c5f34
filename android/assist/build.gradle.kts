// NOT RUN HERE: see ../settings.gradle.kts. Builds the AAR that an app takes:
//
//   gradle :assist:assembleRelease
//
// Wants an Android SDK with NDK 28 (its linker makes 16 KiB pages), Rust with the four Android targets, and cargo-ndk.
import org.jetbrains.kotlin.gradle.dsl.JvmTarget

plugins {
    id("com.android.library")
    id("org.jetbrains.kotlin.android")
}

val checkout: File = rootDir.parentFile
val generated = layout.buildDirectory.dir("generated/uniffi")
val nativeLibraries = layout.buildDirectory.dir("generated/jniLibs")
val minimumApi = 26

android {
    namespace = "org.openassist"
    compileSdk = 36
    ndkVersion = "28.2.13676358"

    defaultConfig {
        minSdk = minimumApi
        consumerProguardFiles("consumer-rules.pro")
        ndk { abiFilters += listOf("arm64-v8a", "armeabi-v7a", "x86_64", "x86") }
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    sourceSets["main"].apply {
        kotlin.srcDir("src/main/kotlin")
        kotlin.srcDir(generated)
        jniLibs.srcDir(nativeLibraries)
    }
    // The tests of src/test run on the JVM against the host's library: tests/kotlin.
    sourceSets["test"].kotlin.setSrcDirs(emptyList<String>())
}

kotlin {
    // Generated code knows no explicit API mode; tests/kotlin compiles the library's own code in it.
    compilerOptions { jvmTarget.set(JvmTarget.JVM_17) }
}

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.10.2")
    implementation("net.java.dev.jna:jna:5.18.1@aar")
}

val buildNativeLibraries by tasks.registering(Exec::class) {
    description = "The library for every ABI, with 16 KiB pages, without what only tests export."
    workingDir = checkout
    environment("RUSTFLAGS", "-C link-arg=-Wl,-z,max-page-size=16384")
    commandLine(
        "cargo", "ndk", "--platform", "$minimumApi",
        "-t", "arm64-v8a", "-t", "armeabi-v7a", "-t", "x86_64", "-t", "x86",
        "-o", nativeLibraries.get().asFile.path,
        // With other crate types beside it, cargo leaves link-time optimisation out.
        "rustc", "--locked", "--profile", "dist", "-p", "assist-ffi", "--lib", "--crate-type", "cdylib",
    )
}

val buildHostLibrary by tasks.registering(Exec::class) {
    description = "The library whose metadata the generator reads."
    workingDir = checkout
    commandLine("cargo", "build", "--locked", "-p", "assist-ffi")
}

val generateKotlin by tasks.registering(Exec::class) {
    dependsOn(buildHostLibrary)
    workingDir = checkout
    val suffix = if (System.getProperty("os.name").startsWith("Mac")) "dylib" else "so"
    commandLine("bindings/generate", "kotlin", "target/debug/libassist_ffi.$suffix", generated.get().asFile.path)
    outputs.dir(generated)
}

tasks.named("preBuild") { dependsOn(buildNativeLibraries, generateKotlin) }
