//! Completions and manual, read by the programs that read them.

use super::Tool;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bash_completes_commands() {
    let tool = Tool::start().await;
    tool.script("sesame completions bash > sesame.bash && bash -n sesame.bash").await.well();
    let complete = ". ./sesame.bash && complete -p sesame && COMP_WORDS=(sesame clock a) COMP_CWORD=2 \
                    && _sesame sesame a clock && echo \"${COMPREPLY[*]}\"";
    let seen = tool.script(complete).await;
    assert!(seen.out.contains("-F _sesame sesame") && seen.out.lines().any(|line| line == "advance"), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_shell_has_a_script() {
    let tool = Tool::start().await;
    for (shell, word) in
        [("zsh", "#compdef sesame"), ("fish", "complete -c sesame"), ("powershell", "Register-ArgumentCompleter")]
    {
        let script = tool.line(&format!("completions {shell}")).await.well().out;
        assert!(script.contains(word) && script.contains("switch-role"), "{shell}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_manual_has_a_page_for_every_command() {
    let tool = Tool::start().await;
    tool.line("man --dir man1").await.well();
    let first = tool.read("man1/sesame.1");
    assert_eq!(tool.line("man").await.well().out, first);
    let advance = tool.read("man1/sesame-clock-advance.1");
    for page in [&first, &advance] {
        for heading in [".TH SESAME", ".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS", ".SH EXAMPLES", ".SH EXIT STATUS"] {
            assert!(page.contains(heading), "{heading}: {page}");
        }
    }
    assert!(advance.contains("sesame clock advance 14d"), "{advance}");
    let read = tool.script("command -v man >/dev/null && command -v groff >/dev/null || exit 0; for page in man1/*.1; do MANWIDTH=100 man --warnings -l $page 2>&1 >/dev/null; done").await;
    assert_eq!((read.code, &*read.out), (0, ""), "{read:?}");
}
