//! Puts the catalog together: embedded files, and over them, by name, those of
//! folders.
//!
//! Invariant: a mistake in someone's folder costs that file alone and is told; a
//! mistake in an embedded file is a fault of the program and stops it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::catalog::error::{CatalogError, CatalogErrors, Report};
use crate::catalog::sql_scan::{ModelUses, restless, tokens};
use crate::catalog::toml_read::Places;
use crate::catalog::{
    Catalog, Figure, Form, ModelFile, Preset, embedded, figure_check, figure_links, figure_parse,
    form_check, form_parse, preset_parse,
};

/// A catalog, and what was wrong with files of the folders that were laid over it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    pub catalog: Catalog,
    /// Of each file named here an earlier one of the same name is used, or none.
    pub warnings: CatalogErrors,
}

impl Catalog {
    /// The embedded files alone.
    pub fn embedded() -> Result<Catalog, CatalogErrors> {
        Ok(Catalog::load(&[])?.catalog)
    }

    /// The embedded files, and over them those of these folders, which hold `queries/`,
    /// `forms/` and `presets/` as the repository does; a later folder wins by name, and a
    /// folder that is not there adds nothing. Fails only for a mistake in an embedded file.
    pub fn load(overrides: &[PathBuf]) -> Result<Loaded, CatalogErrors> {
        let mut files = Files::default();
        files.add_embedded();
        for folder in overrides {
            files.add_folder(folder);
        }
        let mut hard = CatalogErrors::default();
        let loaded = files.read(&mut hard, overrides.is_empty());
        hard.or(loaded)
    }

    /// Files of these folders alone: for trying out content on its own.
    pub fn of_folders(folders: &[PathBuf]) -> Loaded {
        let mut files = Files::default();
        for folder in folders {
            files.add_folder(folder);
        }
        files.read(&mut CatalogErrors::default(), false)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Model,
    Figure,
    Form,
    Preset,
}

#[derive(Clone, Debug)]
struct File {
    path: PathBuf,
    /// The folder below `queries` or `forms`.
    area: String,
    text: String,
    embedded: bool,
}

/// Every file by kind and name, in layers: the last one wins.
#[derive(Debug, Default)]
struct Files {
    layers: BTreeMap<(Kind, String), Vec<File>>,
    warnings: CatalogErrors,
    broken: CatalogErrors,
}

impl Files {
    fn add_embedded(&mut self) {
        for (path, bytes) in embedded::files() {
            let shown = PathBuf::from(&path);
            if let Err(error) = self.add(Path::new(&path), shown, bytes, true) {
                self.broken.0.push(error);
            }
        }
    }

    fn add_folder(&mut self, folder: &Path) {
        for name in ["queries", "forms", "presets"] {
            self.add_tree(folder, &folder.join(name), 0);
        }
    }

    fn add_tree(&mut self, root: &Path, folder: &Path, depth: usize) {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => {
                let message = format!("the folder cannot be read: {error}");
                self.warnings.0.push(CatalogError::whole(folder, message));
                return;
            }
        };
        let mut paths: Vec<PathBuf> = entries.filter_map(|e| e.ok()).map(|e| e.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                if depth < 3 {
                    self.add_tree(root, &path, depth + 1);
                }
                continue;
            }
            let inside = path.strip_prefix(root).unwrap_or(&path).to_owned();
            if classify(&inside).is_none() {
                continue;
            }
            let added = std::fs::read(&path)
                .map_err(|e| CatalogError::whole(&path, format!("the file cannot be read: {e}")))
                .and_then(|bytes| self.add(&inside, path.clone(), bytes, false));
            if let Err(error) = added {
                self.warnings.0.push(error);
            }
        }
    }

    fn add(
        &mut self,
        inside: &Path,
        path: PathBuf,
        bytes: Vec<u8>,
        embedded: bool,
    ) -> Result<(), CatalogError> {
        let Some((kind, area, name)) = classify(inside) else { return Ok(()) };
        let text = String::from_utf8(bytes)
            .map_err(|_| CatalogError::whole(&path, "the file is not UTF-8 text"))?;
        let layers = self.layers.entry((kind, name.clone())).or_default();
        let twin = layers.iter().find(|other| {
            other.embedded == embedded && root_of(&other.path, kind) == root_of(&path, kind)
        });
        if let Some(twin) = twin {
            let message = format!("{} has the name {name} already", twin.path.display());
            return Err(CatalogError::whole(&path, message));
        }
        // A mark of the byte order that an editor left is no part of the text.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        layers.push(File { path, area, text, embedded });
        Ok(())
    }

    /// Parses everything; of each name the last file without a mistake is taken.
    fn read(self, hard: &mut CatalogErrors, strict: bool) -> Loaded {
        let Files { layers, mut warnings, broken } = self;
        hard.0.extend(broken.0);
        let mut catalog = Catalog::default();
        let mut model = ModelUses::default();
        let mut forms: Vec<(String, String, Places)> = Vec::new();
        // What a preset of somebody's own may extend, one of the same name included.
        let of_program = presets_of_program(&layers, hard);
        let mut note = |errors: CatalogErrors, embedded: bool| {
            if embedded { hard.0.extend(errors.0) } else { warnings.0.extend(errors.0) }
        };
        // Models sort before figures, so that a figure's check knows them.
        for ((kind, name), layers) in layers {
            for file in layers.into_iter().rev() {
                let mut report = Report::new(&file.path, &file.text);
                let mut read = Read::default();
                match kind {
                    Kind::Model => read.model = Some(read_model(&mut report, &name, &file)),
                    Kind::Figure => {
                        let figure =
                            figure_parse::parse(&mut report, &file.path, &name, &file.area);
                        figure_check::check(&mut report, &figure, &model);
                        read.figure = Some(figure);
                    }
                    Kind::Form => {
                        read.form = form_parse::parse(&mut report, &file.path, &name, &file.area);
                    }
                    Kind::Preset if file.embedded => {
                        read.preset = of_program.get(&name).cloned();
                    }
                    Kind::Preset => {
                        let known = &of_program;
                        read.preset =
                            preset_parse::parse_mapping(&mut report, &file.path, &name, known)
                                .map(|preset| Preset { saved: true, ..preset });
                    }
                }
                if !report.is_clean() {
                    note(report.finish(), file.embedded);
                    continue;
                }
                if let Some(file) = read.model {
                    model.add(&file.sql);
                    catalog.model.push(file);
                }
                catalog.figures.extend(read.figure.map(|figure| (name.clone(), figure)));
                catalog.presets.extend(read.preset.map(|preset| (name.clone(), preset)));
                if let Some((form, places)) = read.form {
                    catalog.forms.insert(name.clone(), form);
                    forms.push((name.clone(), file.text, places));
                }
                break;
            }
        }
        let errors = check_links(&mut catalog, &forms);
        note(errors, strict);
        Loaded { catalog, warnings }
    }
}

fn presets_of_program(
    layers: &BTreeMap<(Kind, String), Vec<File>>,
    hard: &mut CatalogErrors,
) -> BTreeMap<String, Preset> {
    let mut presets = BTreeMap::new();
    let of_kind = layers.iter().filter(|((kind, _), _)| *kind == Kind::Preset);
    for ((_, name), file) in of_kind.flat_map(|(key, files)| files.iter().map(move |f| (key, f))) {
        if file.embedded {
            let mut report = Report::new(&file.path, &file.text);
            let preset = preset_parse::parse(&mut report, &file.path, name);
            if report.is_clean() {
                presets.extend(preset.map(|preset| (name.clone(), preset)));
            } else {
                hard.0.extend(report.finish().0);
            }
        }
    }
    presets
}

/// What one file turned out to hold.
#[derive(Default)]
struct Read {
    model: Option<ModelFile>,
    figure: Option<Figure>,
    form: Option<(Form, Places)>,
    preset: Option<Preset>,
}

fn read_model(report: &mut Report<'_>, name: &str, file: &File) -> ModelFile {
    for (range, message) in ModelUses::default().add(&file.text) {
        report.at(range, message);
    }
    for (range, message) in restless(&tokens(&file.text)) {
        report.at(range, message);
    }
    ModelFile { name: name.to_owned(), sql: file.text.clone(), file: file.path.clone() }
}

/// Checks links between files. A figure or form with a broken link stays, without the link.
/// A catalog that holds no form, or no figure, at all is a part of one and is not judged by it.
fn check_links(catalog: &mut Catalog, forms: &[(String, String, Places)]) -> CatalogErrors {
    let mut errors = CatalogErrors::default();
    for (kind, found) in form_check::clashing(forms, catalog) {
        catalog.forms.remove(&kind);
        errors.0.extend(found.0);
    }
    let mut whole = catalog.clone();
    if whole.forms.is_empty() {
        whole.figures.values_mut().for_each(|figure| figure.opens = None);
    }
    if whole.figures.is_empty() {
        whole.forms.values_mut().for_each(|form| form.fill = None);
    }
    for (name, figure) in &whole.figures {
        let found = figure_links::check(figure, &whole);
        if let Some(figure) = catalog.figures.get_mut(name).filter(|_| !found.is_empty()) {
            figure.drill = None;
            figure.opens = None;
        }
        errors.0.extend(found.0);
    }
    for (name, source, places) in forms {
        let Some(form) = whole.forms.get(name) else { continue };
        let found = form_check::check(form, source, places, &whole);
        if let Some(form) = catalog.forms.get_mut(name).filter(|_| !found.is_empty()) {
            form.fill = None;
        }
        errors.0.extend(found.0);
    }
    errors
}

/// Kind, area and name of a file by its path from the root.
fn classify(path: &Path) -> Option<(Kind, String, String)> {
    let parts: Vec<&str> = path.iter().map(|part| part.to_str()).collect::<Option<_>>()?;
    let (stem, extension) = parts.last()?.rsplit_once('.')?;
    let kind = match (parts.as_slice(), extension) {
        (["queries", "model", _], "sql") => Kind::Model,
        (["queries", _, _], "sql") => Kind::Figure,
        (["forms", _, _], "toml") => Kind::Form,
        (["presets", _], "toml") => Kind::Preset,
        _ => return None,
    };
    // Hidden files and copies that editors leave are not content.
    if stem.starts_with('.') || stem.starts_with('#') {
        return None;
    }
    let area = if parts.len() == 3 { parts[1] } else { "" };
    Some((kind, area.to_owned(), stem.to_owned()))
}

/// The folder that a file's `queries`, `forms` or `presets` lies in.
fn root_of(path: &Path, kind: Kind) -> Option<&Path> {
    path.ancestors().nth(if kind == Kind::Preset { 2 } else { 3 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_say_what_a_file_is() {
        let of = |path: &str| classify(Path::new(path));
        assert_eq!(
            of("queries/model/10-a.sql"),
            Some((Kind::Model, "model".into(), "10-a".into()))
        );
        assert_eq!(of("queries/review/x.sql"), Some((Kind::Figure, "review".into(), "x".into())));
        assert_eq!(of("forms/review/x.toml"), Some((Kind::Form, "review".into(), "x".into())));
        assert_eq!(of("presets/x.toml"), Some((Kind::Preset, "".into(), "x".into())));
        for path in ["queries/x.sql", "queries/a/b/x.sql", "forms/a/.x.toml", "queries/a/x.sql~"] {
            assert_eq!(of(path), None, "{path}");
        }
    }

    /// Reads these texts as the only files of a catalog.
    fn read(files: [(&str, String); 3]) -> Loaded {
        let mut all = Files::default();
        for (path, text) in files {
            all.add(Path::new(path), PathBuf::from(path), text.into_bytes(), false).expect("added");
        }
        all.read(&mut CatalogErrors::default(), false)
    }

    proptest::proptest! {
        #[test]
        fn damaged_files_are_told_and_never_stop_the_program(
            cut in 0usize..4000, length in 0usize..60, insert in "[ -~\n\u{e9}]{0,12}",
        ) {
            let damaged = |text: &str| {
                let at = |byte: usize| {
                    let byte = byte % (text.len() + 1);
                    (0..=byte).rev().find(|b| text.is_char_boundary(*b)).unwrap_or(0)
                };
                let (from, to) = (at(cut), at(cut).max(at((cut + length).min(text.len()))));
                format!("{}{insert}{}", &text[..from], &text[to..])
            };
            let sound = |path: &str| {
                let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalog/sound");
                damaged(&std::fs::read_to_string(root.join(path)).expect("a sound file"))
            };
            let loaded = read([
                "queries/review/win-rate.sql", "forms/review/post-mortem.toml", "presets/example.toml",
            ].map(|path| (path, sound(path))));
            let _ = loaded.warnings.to_string();
        }
    }

    #[test]
    fn everything_embedded_is_sound() {
        if let Err(errors) = Catalog::embedded() {
            panic!("{errors}");
        }
    }
}
