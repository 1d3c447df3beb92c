//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    qbr::cli::main(std::env::args_os())
}
