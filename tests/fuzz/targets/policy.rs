#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sesame::fuzzing::policy(data));
