//! The command line from outside: what is printed, where, and with which exit status.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value as Json;
use tempfile::TempDir;

fn qbr(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_qbr"))
        .args(arguments)
        .current_dir(folder)
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("XDG_STATE_HOME", folder.join("state"))
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .output()
        .expect("qbr runs")
}

/// Writes the person's configuration.
fn configure(folder: &Path, text: &str) {
    fs::create_dir_all(folder.join("config/qbr")).expect("a folder");
    fs::write(folder.join("config/qbr/config.toml"), text).expect("written");
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn assert_status(output: &Output, status: i32) {
    assert_eq!(
        output.status.code(),
        Some(status),
        "stdout:\n{}\nstderr:\n{}",
        stdout(output),
        stderr(output)
    );
}

fn json(output: &Output) -> Json {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("no JSON ({error}):\n{}", stdout(output)))
}

const OPPORTUNITIES: &str = "\
opportunity_id,name,account_id,owner_id,product_id,segment,region,stage,state,forecast_category,amount,currency,probability,created_on,close_date,loss_reason,lead_source,deal_type,strategic
O-1,Alpha,Acme,Ann,Core,Enterprise,East,Closed Won,won,closed,1000.00,USD,100%,2025-01-10,2025-10-05,,,,
O-2,Beta,Acme,Ann,Core,Enterprise,East,Closed Lost,lost,omitted,500.50,USD,0%,2025-01-11,2025-10-06,price,,,
O-3,Gamma,Bolt,Bob,Core,Mid-market,West,Closed Won,won,closed,250.25,USD,100%,2025-02-01,2025-11-03,,,,
O-4,Delta,Bolt,Bob,Core,Mid-market,West,Proposal,open,commit,800.00,USD,60%,2025-03-01,2025-12-20,,,,
";

/// A workspace with the four deals above, exported on the last day of November.
fn small_company() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("opportunities-2025-11-30.csv"), OPPORTUNITIES).expect("written");
    assert_status(&qbr(folder.path(), &["init", "small.duckdb"]), 0);
    let output = qbr(folder.path(), &["import", "small.duckdb", "opportunities-2025-11-30.csv"]);
    assert_status(&output, 0);
    folder
}

#[test]
fn wrong_usage_is_status_2() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for arguments in [
        &[][..],
        &["show"],
        &["frobnicate", "x", "y"],
        &["template", "oportunities"],
        &["init", "x.duckdb", "--fiscal-year-start", "13"],
    ] {
        let output = qbr(folder.path(), arguments);
        assert_status(&output, 2);
        assert!(!stderr(&output).is_empty(), "{arguments:?} says nothing on standard error");
    }
}

#[test]
fn help_and_version_are_answers() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let help = qbr(folder.path(), &["--help"]);
    assert_status(&help, 0);
    for command in
        ["demo", "init", "import", "template", "figures", "show", "records", "alerts", "verify"]
    {
        assert!(stdout(&help).contains(command), "--help does not name {command}");
    }
    assert_status(&qbr(folder.path(), &["--version"]), 0);
}

/// Every `qbr …` in a block of the documents names a command and options that there are.
#[test]
fn the_command_lines_of_the_documents_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents = vec![root.join("README.md"), root.join("sample-data/README.md")];
    for entry in fs::read_dir(root.join("docs")).expect("docs") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            documents.push(path);
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut helps: BTreeMap<Vec<String>, String> = BTreeMap::new();
    let mut help = |command: &[&str]| {
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        helps
            .entry(command.clone())
            .or_insert_with(|| {
                let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
                arguments.push("--help");
                let output = qbr(folder.path(), &arguments);
                assert_status(&output, 0);
                stdout(&output)
            })
            .clone()
    };
    let mut checked = 0;
    for document in documents {
        let text = fs::read_to_string(&document).expect("a document");
        let mut inside = false;
        let mut lines: Vec<(usize, &str)> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                inside = !inside;
            } else if inside {
                lines.push((number + 1, line));
            } else {
                // Between two backticks.
                lines.extend(line.split('`').skip(1).step_by(2).map(|code| (number + 1, code)));
            }
        }
        for (number, line) in lines {
            let Some(words) = line.trim().strip_prefix("qbr ") else { continue };
            let place = format!("{}:{number}: {line}", document.display());
            let words = words.split('#').next().unwrap_or_default();
            let words: Vec<&str> = words.split_whitespace().collect();
            let Some(command) = words.first() else { continue };
            let known = help(&[]);
            let is_command =
                known.lines().any(|line| line.split_whitespace().next() == Some(*command));
            // `qbr company.duckdb` opens a file; a measurement begins with a number.
            let opens = command.contains('.')
                || command.chars().all(|c| c.is_ascii_uppercase())
                || command.starts_with(|c: char| c.is_ascii_digit());
            assert!(is_command || opens, "there is no command {command}: {place}");
            let said = if is_command { help(&[*command]) } else { known };
            for option in words
                .iter()
                .filter_map(|word| word.trim_start_matches(['[', '(']).strip_prefix("--"))
            {
                let name: String =
                    option.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                let deeper = words
                    .get(2)
                    .filter(|_| ["records", "aliases"].contains(command))
                    .map(|sub| help(&[*command, ".", sub]));
                let known = said.contains(&format!("--{name}"))
                    || deeper.is_some_and(|help| help.contains(&format!("--{name}")));
                assert!(known, "there is no option --{name}: {place}");
                checked += 1;
            }
            checked += 1;
        }
    }
    assert!(checked > 20, "only {checked} commands and options were found in the documents");
}

#[test]
fn a_figure_as_json_has_the_promised_shape() {
    let folder = small_company();
    let output = qbr(
        folder.path(),
        &[
            "show",
            "small.duckdb",
            "win-rate",
            "--quarter",
            "FY2025-Q4",
            "--by",
            "region",
            "--as-of",
            "2025-11-30",
            "--format",
            "json",
        ],
    );
    assert_status(&output, 0);
    let answer = json(&output);
    assert_eq!(answer["figure"], "win-rate");
    assert_eq!(answer["as_of"], "2025-11-30");
    assert_eq!(answer["parameters"]["quarter"], "2025-Q4");
    let columns = answer["columns"].as_array().expect("columns");
    for column in columns {
        assert!(column["name"].is_string() && column["type"].is_string(), "{column}");
        assert!(column["unit"].is_string(), "{column}");
    }
    let rows = answer["rows"].as_array().expect("rows");
    let october_east = rows
        .iter()
        .find(|row| row["month"] == "2025-10-01" && row["slice"] == "East")
        .expect("October in the East");
    assert_eq!(october_east["won"], 1);
    assert_eq!(october_east["closed"], 2);
    // Money is a text, so that no reader makes a float of it.
    assert_eq!(october_east["won_amount"], "1000.00");
    let empty = rows
        .iter()
        .find(|row| row["month"] == "2025-10-01" && row["slice"] == "West")
        .expect("October in the West");
    assert_eq!(empty["win_rate"], Json::Null, "a rate over nothing is null");
}

#[test]
fn every_figure_answers_in_every_format() {
    let folder = small_company();
    let figures = json(&qbr(folder.path(), &["figures", "--format", "json"]));
    let names: Vec<&str> =
        figures.as_array().expect("a list").iter().filter_map(|f| f["figure"].as_str()).collect();
    for wanted in [
        "attainment",
        "battle-cards",
        "competitors",
        "deals",
        "forecast-bridge",
        "forecast-variance",
        "loss-drivers",
        "pipeline-bridge",
        "plays",
        "post-mortems",
        "win-rate",
        "win-rate-alerts",
    ] {
        assert!(names.contains(&wanted), "there is no figure {wanted}");
    }
    for name in names {
        // A page and a mail are made of the same pieces.
        for format in ["table", "csv", "json", "md"] {
            let output = qbr(folder.path(), &["show", "small.duckdb", name, "--format", format]);
            assert_status(&output, 0);
            assert!(!output.stdout.is_empty(), "{name} as {format} is empty");
        }
    }
}

#[test]
fn a_region_that_is_none_is_told_which_there_are() {
    let folder = small_company();
    let shown = |region: &str| {
        Command::new(env!("CARGO_BIN_EXE_qbr"))
            .args(["show", "small.duckdb", "deals", "--quarter", "all"])
            .current_dir(folder.path())
            .env("QBR_REGION", region)
            .output()
            .expect("qbr runs")
    };
    let output = shown("de-AT");
    assert_status(&output, 2);
    assert!(stderr(&output).contains("QBR_REGION"), "{}", stderr(&output));
    assert!(stderr(&output).contains("en-US, de-DE, de-CH, fr-FR, en-IN"), "{}", stderr(&output));
    assert_status(&shown("de-CH"), 0);
}

#[test]
fn people_read_as_they_configured_and_programs_as_ever() {
    let folder = small_company();
    let deals = ["show", "small.duckdb", "deals", "--quarter", "all"];
    let csv = [&deals[..], &["--format", "csv"]].concat();
    let json_form = [&deals[..], &["--format", "json"]].concat();
    let before = [&csv, &json_form].map(|arguments| qbr(folder.path(), arguments).stdout);
    configure(
        folder.path(),
        "region = \"de-DE\"\ndates = \"region\"\ntime_zone = \"Asia/Kolkata\"\n",
    );
    let output = qbr(folder.path(), &deals);
    assert_status(&output, 0);
    let text = stdout(&output);
    assert!(text.contains("1.000,00") && text.contains("06.10.2025"), "{text}");
    let after = [&csv, &json_form].map(|arguments| qbr(folder.path(), arguments).stdout);
    assert_eq!(before, after, "files for programs stay the same");
    let again = qbr(folder.path(), &[&deals[..], &["--set", "region=en-IN"]].concat());
    assert!(stdout(&again).contains("1,000.00"), "{}", stdout(&again));
}

#[test]
fn the_configuration_is_checked_shown_and_found() {
    let folder = small_company();
    let output = qbr(folder.path(), &["config", "path"]);
    assert!(stdout(&output).trim_end().ends_with("config/qbr/config.toml"), "{}", stdout(&output));
    let output = qbr(folder.path(), &["config", "check"]);
    assert_status(&output, 0);
    assert!(stdout(&output).contains("defaults are in force"), "{}", stdout(&output));

    configure(folder.path(), "regoin = \"de-DE\"\nglyphs = \"ascii\"\n[keys]\nzoom = \"Z\"\n");
    let output = qbr(folder.path(), &["config", "check"]);
    assert_status(&output, 1);
    let text = stdout(&output);
    assert!(
        text.contains("config.toml:1:1: there is nothing called regoin; did you mean region?"),
        "{text}"
    );
    assert!(text.contains("One mistake; everything else"), "{text}");
    let output =
        qbr(folder.path(), &["config", "show", "--format", "json", "--set", "dates=region"]);
    assert_status(&output, 0);
    let shown = json(&output);
    let from = |name: &str| {
        let settings = shown["settings"].as_array().expect("a list");
        settings.iter().find(|s| s["name"] == name).expect("an item")["from"].clone()
    };
    assert_eq!(from("region"), "default");
    assert_eq!(from("glyphs"), "file, line 2");
    assert_eq!(from("dates"), "command line");
    assert_eq!(shown["keys"][0]["action"], "zoom");
    // A command without a screen tells of it, and does what it is asked to.
    let output = qbr(folder.path(), &["show", "small.duckdb", "deals"]);
    assert_status(&output, 0);
    assert!(stderr(&output).contains("did you mean region?"), "{}", stderr(&output));
}

#[test]
fn a_figure_and_a_record_leave_the_house_as_page_and_mail() {
    let folder = small_company();
    let figure = ["show", "small.duckdb", "win-rate", "--format"];
    let page = stdout(&qbr(folder.path(), &[&figure[..], &["html"]].concat()));
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"), "{page}");
    let mail = stdout(&qbr(folder.path(), &[&figure[..], &["eml"]].concat()));
    assert!(mail.contains("X-Unsent: 1") && mail.contains("text/html"), "{mail}");

    let action =
        "title = \"Call Acme\"\nowner = \"Ann\"\ndue_on = 2025-12-01\nartefact = \"play\"\n";
    fs::write(folder.path().join("action.toml"), action).expect("written");
    let made =
        qbr(folder.path(), &["records", "small.duckdb", "new", "action", "--from", "action.toml"]);
    assert_status(&made, 0);
    let id = stdout(&made).split_whitespace().find(|word| word.contains("-1")).map(str::to_owned);
    let id = id.unwrap_or_else(|| panic!("an id: {}", stdout(&made)));
    let id = id.trim_end_matches([':', ',', '.']);
    let shown = |format: &str| {
        qbr(folder.path(), &["records", "small.duckdb", "show", id, "--format", format])
    };
    assert!(stdout(&shown("html")).contains(&format!("<title>{id}")), "{}", stdout(&shown("html")));
    assert!(stdout(&shown("eml")).contains("Subject: [internal]"), "{}", stdout(&shown("eml")));
    assert_status(&shown("csv"), 2);
}

/// What is printed for shells and for man knows every command and option there is.
#[test]
fn completions_and_manual_follow_the_command_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let help = stdout(&qbr(folder.path(), &["--help"]));
    let listed = help.split("Commands:").nth(1).and_then(|rest| rest.split("Arguments:").next());
    let commands: Vec<&str> = listed
        .expect("a list of commands")
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.contains(&"config") && commands.contains(&"replay"), "{commands:?}");
    for shell in ["bash", "zsh", "fish"] {
        let output = qbr(folder.path(), &["completions", shell]);
        assert_status(&output, 0);
        let script = stdout(&output);
        for command in &commands {
            assert!(script.contains(command), "{shell} does not know {command}");
        }
    }
    let page = stdout(&qbr(folder.path(), &["man"]));
    assert!(page.contains(".TH qbr 1"), "{page}");
    fs::create_dir(folder.path().join("man")).expect("a folder");
    assert_status(&qbr(folder.path(), &["man", "--all", "man"]), 0);
    for command in commands.iter().filter(|command| **command != "help") {
        let path = folder.path().join(format!("man/qbr-{command}.1"));
        let below = fs::read_to_string(&path).unwrap_or_else(|_| panic!("no {}", path.display()));
        assert!(page.contains(&format!("qbr\\-{command}(1)")), "{command} is not in qbr.1");
        assert!(below.contains(".SH NAME"), "{command}");
    }
    let show = fs::read_to_string(folder.path().join("man/qbr-show.1")).expect("a page");
    assert!(show.contains("\\-\\-as\\-of") || show.contains("--as-of"), "{show}");
}

#[test]
fn a_misspelt_figure_is_told_the_nearest() {
    let folder = small_company();
    let output = qbr(folder.path(), &["show", "small.duckdb", "winrate"]);
    assert_status(&output, 2);
    assert!(stderr(&output).contains("did you mean win-rate"), "{}", stderr(&output));
}

#[test]
fn importing_twice_changes_nothing() {
    let folder = small_company();
    let before = qbr(
        folder.path(),
        &["show", "small.duckdb", "deals", "--quarter", "all", "--format", "csv"],
    );
    let again = qbr(folder.path(), &["import", "small.duckdb", "opportunities-2025-11-30.csv"]);
    assert_status(&again, 0);
    assert!(stdout(&again).contains("already"), "{}", stdout(&again));
    let after = qbr(
        folder.path(),
        &["show", "small.duckdb", "deals", "--quarter", "all", "--format", "csv"],
    );
    assert_eq!(stdout(&before), stdout(&after));
}

#[test]
fn a_dry_run_writes_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("opportunities-2025-11-30.csv"), OPPORTUNITIES).expect("written");
    assert_status(&qbr(folder.path(), &["init", "small.duckdb"]), 0);
    let before = fs::read(folder.path().join("small.duckdb")).expect("read");
    let output = qbr(
        folder.path(),
        &["import", "small.duckdb", "opportunities-2025-11-30.csv", "--dry-run"],
    );
    assert_status(&output, 0);
    assert!(stdout(&output).contains('4'), "{}", stdout(&output));
    assert_eq!(before, fs::read(folder.path().join("small.duckdb")).expect("read"));
}

#[test]
fn a_rejected_row_is_a_finding_only_under_strict() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let broken = OPPORTUNITIES.replace("2025-11-03", "2025-13-03");
    fs::write(folder.path().join("opportunities-2025-11-30.csv"), broken).expect("written");
    assert_status(&qbr(folder.path(), &["init", "a.duckdb"]), 0);
    assert_status(&qbr(folder.path(), &["init", "b.duckdb"]), 0);
    let lenient = qbr(folder.path(), &["import", "a.duckdb", "opportunities-2025-11-30.csv"]);
    assert_status(&lenient, 0);
    let text = stdout(&lenient);
    assert!(text.contains("2025-13-03") && text.contains("close_date"), "{text}");
    let strict =
        qbr(folder.path(), &["import", "b.duckdb", "opportunities-2025-11-30.csv", "--strict"]);
    assert_status(&strict, 1);
}

#[test]
fn a_file_that_cannot_be_taken_is_status_4() {
    let folder = small_company();
    fs::write(folder.path().join("notes.csv"), "some,unknown,headers\n1,2,3\n").expect("written");
    let output = qbr(folder.path(), &["import", "small.duckdb", "notes.csv"]);
    assert_status(&output, 4);
    assert!(stderr(&output).contains("notes.csv"), "{}", stderr(&output));
    assert_status(&qbr(folder.path(), &["import", "small.duckdb", "missing.csv"]), 4);
}

#[test]
fn a_workspace_that_cannot_be_opened_is_status_3() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("text.duckdb"), "no database at all\n").expect("written");
    fs::write(folder.path().join("empty.duckdb"), "").expect("written");
    for name in ["missing.duckdb", "text.duckdb", "empty.duckdb"] {
        let output = qbr(folder.path(), &["show", name, "deals"]);
        assert_status(&output, 3);
        assert!(stderr(&output).contains(name), "{}", stderr(&output));
    }
    assert_eq!(
        fs::read_to_string(folder.path().join("text.duckdb")).expect("read"),
        "no database at all\n",
        "a file that is no workspace is left as it was"
    );
    assert_status(&qbr(folder.path(), &["init", "text.duckdb"]), 3);
}

#[test]
fn a_template_can_be_imported_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_status(&qbr(folder.path(), &["init", "t.duckdb"]), 0);
    for table in [
        "accounts",
        "products",
        "people",
        "opportunities",
        "targets",
        "forecasts",
        "competitors",
        "competitor-events",
        "deal-competitors",
        "exchange-rates",
        "assumptions",
    ] {
        let template = qbr(folder.path(), &["template", table]);
        assert_status(&template, 0);
        let file = format!("{table}-2025-11-30.csv");
        fs::write(folder.path().join(&file), &template.stdout).expect("written");
        let output = qbr(folder.path(), &["import", "t.duckdb", &file, "--strict"]);
        assert_status(&output, 0);
    }
}

#[test]
fn a_record_is_written_revised_moved_and_verified() {
    let folder = small_company();
    let path = folder.path();
    let template = qbr(path, &["records", "small.duckdb", "template", "action"]);
    assert_status(&template, 0);
    assert!(stdout(&template).contains("title"), "{}", stdout(&template));

    fs::write(
        path.join("action.toml"),
        "title = \"Call Acme\"\nowner = \"Ann\"\ndue_on = 2025-12-01\nartefact = \"play\"\n",
    )
    .expect("written");
    let new = qbr(path, &["records", "small.duckdb", "new", "action", "--from", "action.toml"]);
    assert_status(&new, 0);
    assert!(stdout(&new).contains("AC-1"), "{}", stdout(&new));

    fs::write(
        path.join("action.toml"),
        "title = \"Call Acme again\"\nowner = \"Ann\"\ndue_on = 2025-12-01\nartefact = \"play\"\n",
    )
    .expect("written");
    let revise = qbr(
        path,
        &[
            "records",
            "small.duckdb",
            "revise",
            "AC-1",
            "--from",
            "action.toml",
            "--reason",
            "first call failed",
        ],
    );
    assert_status(&revise, 0);

    // Over a newer revision than the one it started from: refused, and both are named.
    let stale = qbr(
        path,
        &[
            "records",
            "small.duckdb",
            "revise",
            "AC-1",
            "--from",
            "action.toml",
            "--reason",
            "late",
            "--based-on",
            "1",
        ],
    );
    assert_status(&stale, 1);
    assert!(stderr(&stale).contains('1') && stderr(&stale).contains('2'), "{}", stderr(&stale));

    let history =
        json(&qbr(path, &["records", "small.duckdb", "history", "AC-1", "--format", "json"]));
    assert_eq!(history.as_array().map(Vec::len), Some(2));
    assert_eq!(history[1]["reason"], "first call failed");
    let diff = qbr(path, &["records", "small.duckdb", "diff", "AC-1"]);
    assert_status(&diff, 0);
    assert!(stdout(&diff).contains("again"), "{}", stdout(&diff));

    assert_status(&qbr(path, &["verify", "small.duckdb"]), 0);
}

#[test]
fn the_sql_of_a_figure_names_its_parameters() {
    let folder = small_company();
    let output = qbr(folder.path(), &["show", "small.duckdb", "win-rate", "--sql"]);
    assert_status(&output, 0);
    let script = stdout(&output);
    assert!(script.contains("SET VARIABLE \"as_of\""), "{script}");
    assert!(script.contains("-- figure:     win-rate") || script.contains("SELECT"), "{script}");
}

#[test]
fn alerts_fail_on_open_only_when_asked() {
    let folder = small_company();
    assert_status(&qbr(folder.path(), &["alerts", "small.duckdb"]), 0);
    assert_status(&qbr(folder.path(), &["alerts", "small.duckdb", "--fail-on", "open"]), 0);
}

#[test]
fn the_terminal_workspace_needs_a_terminal() {
    let folder = small_company();
    let output = qbr(folder.path(), &["small.duckdb"]);
    assert_status(&output, 2);
    assert!(stderr(&output).contains("terminal"), "{}", stderr(&output));
}

#[test]
fn output_into_a_closed_pipe_is_no_error() {
    let folder = small_company();
    let script = format!(
        "{} show small.duckdb deals --quarter all | true; exit ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_qbr")
    );
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder.path())
        .output()
        .expect("runs");
    assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
}

// ---- keys that no list knows, and what was imported -----------------------------------------------

#[test]
fn a_spelling_is_accepted_listed_and_withdrawn() {
    let folder = small_company();
    let products = "product_id,name,family,list_price,currency\nCORE,CORE,F,5,USD\n";
    fs::write(folder.path().join("products.csv"), products).expect("written");
    assert_status(&qbr(folder.path(), &["import", "small.duckdb", "products.csv"]), 0);
    let aliases =
        |more: &[&str]| qbr(folder.path(), &[&["aliases", "small.duckdb"], more].concat());

    let unknown = aliases(&["unknown", "--format", "json"]);
    assert_status(&unknown, 0);
    let unknown = json(&unknown);
    let of = |list: &str| {
        let all = unknown.as_array().expect("a list");
        all.iter().find(|unknown| unknown["list"] == list).expect(list).clone()
    };
    let core = &of("products")["most"][0];
    assert_eq!((core["key"].as_str(), core["rows"].as_u64()), (Some("Core"), Some(4)));
    assert_eq!(core["nearest"]["key"], "CORE");
    assert_eq!(of("people")["none_imported"], true);

    let accepted = aliases(&["accept", "--spellings", "--reason", "typing"]);
    assert_status(&accepted, 0);
    assert_eq!(stdout(&accepted), "\"Core\" is taken for \"CORE\"\n");
    let listed = json(&aliases(&["list", "--format", "json"]));
    assert_eq!((&listed[0]["list"], &listed[0]["reason"]), (&"products".into(), &"typing".into()));
    let refused = aliases(&["accept", "products", "Care", "Cora"]);
    assert_status(&refused, 4);
    assert!(
        stderr(&refused).contains("\"Cora\" is no product that is known"),
        "{}",
        stderr(&refused)
    );
    let withdrawn = aliases(&["withdraw", "products", "Core"]);
    assert_eq!(stdout(&withdrawn), "\"Core\" is no longer \"CORE\"\n");
    assert_eq!(json(&aliases(&["list", "--format", "json"])), Json::Array(Vec::new()));
}

#[test]
fn what_was_imported_is_told_again() {
    let folder = small_company();
    let listed = qbr(folder.path(), &["imports", "small.duckdb", "--format", "json"]);
    assert_status(&listed, 0);
    assert_eq!(json(&listed)[0]["file"], "opportunities-2025-11-30.csv");
    let again = qbr(folder.path(), &["imports", "small.duckdb", "1"]);
    assert!(stdout(&again).contains("4 rows read, 4 taken"), "{}", stdout(&again));
    let rejects =
        qbr(folder.path(), &["imports", "small.duckdb", "1", "--rejects", "--format", "csv"]);
    assert_eq!(stdout(&rejects), "line,column,value,reason\n");
    let none = qbr(folder.path(), &["imports", "small.duckdb", "2"]);
    assert_status(&none, 4);
    assert!(stderr(&none).contains("there is no import 2; the newest is 1"), "{}", stderr(&none));
}

#[test]
fn who_has_no_role_imports_and_writes_nothing() {
    let folder = small_company();
    let at = folder.path();
    fs::write(
        at.join("keeper.toml"),
        "who = \"the keeper of the roles\"\nroles = [\"operations\"]\n",
    )
    .expect("written");
    assert_status(
        &qbr(at, &["records", "small.duckdb", "new", "role", "--from", "keeper.toml"]),
        0,
    );
    fs::write(at.join("later.csv"), OPPORTUNITIES.replace("800.00", "900.00")).expect("written");
    let import = ["import", "small.duckdb", "later.csv", "--taken-on", "2025-12-07"];
    let accept = ["aliases", "small.duckdb", "accept", "accounts", "Acme", "Bolt"];
    let write = ["records", "small.duckdb", "new", "role", "--from", "keeper.toml"];
    for arguments in [&import[..], &accept, &write] {
        let output = qbr(at, arguments);
        assert_status(&output, 4);
        let told = stderr(&output);
        assert!(told.contains("the keeper of the roles can give it"), "{told}");
    }
    assert_status(&qbr(at, &[&import[..], &["--dry-run"]].concat()), 0);
    let shown = stdout(&qbr(at, &["show", "small.duckdb", "snapshots", "--format", "csv"]));
    assert!(!shown.contains("2025-12-07"), "{shown}");
    assert_status(&qbr(at, &["verify", "small.duckdb"]), 0);
}

/// Whether a terminal or a page would take it for anything but a letter of a text. What is for
/// programs keeps characters that merely have no width.
fn is_harmful(c: char, for_programs: bool) -> bool {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}');
    let unseen = matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{feff}');
    (c.is_control() && c != '\n') || turns || (unseen && !for_programs)
}

#[test]
fn what_a_file_says_reaches_no_terminal_and_no_page_as_a_command() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = folder.path();
    let texts = [
        "\u{1b}]52;c;cm0gLXJm\u{7}",
        "\u{1b}[2J",
        "a\u{202e}fdp.exe",
        "z\u{200b}w\u{feff}",
        "\u{9b}31m",
        "b\u{8}\u{8}k",
        "\u{2066}x\u{2069}",
        "=HYPERLINK(\"\"x\"\")",
    ];
    let text = |place: usize| texts[place % texts.len()];
    let mut file = OPPORTUNITIES.lines().next().expect("a header").to_owned();
    for row in 0..24 {
        let (state, category) =
            [("won", "closed"), ("lost", "omitted"), ("open", "commit")][row % 3];
        let fields = [
            format!("O-{row}{}", text(row)),
            format!("deal {}", text(row + 1)),
            format!("acc {}", text(row + 2)),
            format!("own {}", text(row + 3)),
            format!("pro {}", text(row + 4)),
            format!("seg {}", text(row + 5)),
            format!("reg {}", text(row + 6)),
            format!("sta {}", text(row + 7)),
        ];
        let fields = fields.map(|field| format!("\"{field}\"")).join(",");
        file += &format!(
            "\n{fields},{state},{category},{}.00,USD,50%,2025-01-10,2025-10-{:02},\"why {}\",\"src {}\",\"typ {}\",true",
            1000 + row,
            1 + row,
            text(row),
            text(row + 1),
            text(row + 2),
        );
    }
    fs::write(at.join("opportunities-2025-11-30.csv"), file).expect("written");
    assert_status(&qbr(at, &["init", "w.duckdb"]), 0);
    let import = qbr(at, &["import", "w.duckdb", "opportunities-2025-11-30.csv"]);
    assert_status(&import, 0);
    let mut said = vec![(import, false)];
    for (figure, by) in [
        ("deals", "region"),
        ("win-rate", "segment"),
        ("loss-drivers", "region"),
        ("forecast-variance", "owner"),
        ("post-mortems", "region"),
        ("pipeline-velocity", "product"),
        ("win-rate-alerts", "segment"),
    ] {
        for format in ["table", "md", "csv", "json"] {
            let quarter = "2025-Q4";
            let arguments =
                ["show", "w.duckdb", figure, "--quarter", quarter, "--by", by, "--format", format];
            let output = qbr(at, &arguments);
            assert_status(&output, 0);
            said.push((output, ["csv", "json"].contains(&format)));
        }
    }
    for arguments in [
        &["imports", "w.duckdb"][..],
        &["aliases", "w.duckdb", "unknown"],
        &["alerts", "w.duckdb"],
        &["show", "w.duckdb", "deals", "--where", "region=\u{1b}[2Jx"],
    ] {
        said.push((qbr(at, arguments), false));
    }
    for (output, for_programs) in said {
        for printed in [stdout(&output), stderr(&output)] {
            let harmful: Vec<&str> = printed
                .lines()
                .filter(|line| line.contains(|c| is_harmful(c, for_programs)))
                .collect();
            assert!(harmful.is_empty(), "{harmful:?}");
        }
    }
}
