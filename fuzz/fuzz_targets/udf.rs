//! Any blocks of a medium, and any bytes as one: an answer, in bounded time, with nothing
//! outside its own bounds.
#![no_main]

use keycase::host::launcher::udf;
use keycase_fuzz::medium;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    medium::check(bytes, |medium| udf::read(medium));
});
