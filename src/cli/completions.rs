//! `sesame completions` and `sesame man`: made from the definition of the command line, so that they cannot be behind it.

use std::io;

use clap::Command;
use clap_complete::Shell;

use super::outcome::{Done, EXIT_CODES, Failure};
use super::surface::write;

/// The script that completes commands in this shell.
pub(super) fn completions(shell: Shell, mut command: Command) -> Result<Done, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "sesame", &mut script);
    write(&script).map(|()| Done::Well)
}

/// The manual: its first page to the output, or every page to a folder.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Man {
    /// Write a page for every command into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<std::path::PathBuf>,
}

impl Man {
    pub(super) fn run(&self, mut command: Command) -> Result<Done, Failure> {
        command.build();
        let Some(folder) = &self.dir else {
            return write(&page(&command, "sesame").map_err(|error| Failure::output(&error))?).map(|()| Done::Well);
        };
        let fail = |error: &io::Error| Failure::file("write to", &folder.display().to_string(), error);
        std::fs::create_dir_all(folder).map_err(|error| fail(&error))?;
        for (name, command) in pages(&command, "sesame") {
            let written = page(command, &name).and_then(|page| std::fs::write(folder.join(format!("{name}.1")), page));
            written.map_err(|error| fail(&error))?;
        }
        Ok(Done::Well)
    }
}

/// Every command with the name of its page: `sesame-clock-advance`.
fn pages<'a>(command: &'a Command, name: &str) -> Vec<(String, &'a Command)> {
    let mut all = vec![(name.to_owned(), command)];
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        all.extend(pages(inner, &format!("{name}-{}", inner.get_name())));
    }
    all
}

fn page(command: &Command, name: &str) -> io::Result<Vec<u8>> {
    // The manual tells all, also what short help leaves out.
    let whole = command.clone().mut_args(|argument| argument.hide_short_help(false));
    let man = clap_mangen::Man::new(whole).title(name.to_uppercase()).section("1").manual("Sesame");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    section(&mut page, "EXAMPLES", examples.split("\n\nExit codes:").next().unwrap_or_default());
    section(&mut page, "EXIT STATUS", EXIT_CODES);
    Ok(page)
}

/// A section of lines that stay as they are, under a heading of ours rather than theirs.
fn section(page: &mut Vec<u8>, heading: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    page.extend_from_slice(format!(".SH {heading}\n.nf\n").as_bytes());
    for line in text.lines().filter(|line| !line.ends_with("codes:") && *line != "Examples:") {
        // What opens with a dot or a quote would be a request, and a backslash an escape.
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        let guard = if line.starts_with(['.', '\'']) { "\\&" } else { "" };
        page.extend_from_slice(format!("{guard}{line}\n").as_bytes());
    }
    page.extend_from_slice(b".fi\n");
}
