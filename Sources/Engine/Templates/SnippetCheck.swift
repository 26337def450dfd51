import Liquid
import RoostCore

/// Checks a document of kind `snippet` or `layout` by itself; with the templates that use it, the whole is checked when
/// it is put.
enum SnippetCheck {
  static func check(_ body: JSONValue, key: String, library: TemplateLibrary) throws(Problem) {
    let kind = body["kind"]?.string ?? ""
    var findings: [Problem.Finding] = []
    let names = ["kind", "name", "description", "source", "channel"] + (kind == "layout" ? ["text"] : [])
    for member in body.members ?? [] where !names.contains(member.key) {
      findings.append(
        .init(pointer: "/" + pointerToken(member.key), detail: "a \(kind) has \(names.joined(separator: ", "))"))
    }
    guard let source = body["source"]?.string else {
      throw .invalid("/source", "a \(kind) needs its text as source")
    }
    let library = library.with(body, key: key, version: 1)
    let forms: [Template.Form] = kind == "layout" ? [.html] : [.text]
    for form in forms {
      do throws(TemplateError) {
        // Taken in by itself, so that a snippet which comes back to itself is found.
        _ = try Template(
          parsing: kind == "layout" ? source : "{% include '\(key)' %}", as: form, snippets: library.snippets)
      } catch { findings.append(.init(pointer: "/source", detail: error.text)) }
    }
    if kind == "layout" {
      let shows = source.contains("content")
      if !shows { findings.append(.init(pointer: "/source", detail: "a layout shows the template by {{ content }}")) }
      if let text = body["text"]?.string {
        do throws(TemplateError) { _ = try Template(parsing: text, snippets: library.snippets) } catch {
          findings.append(.init(pointer: "/text", detail: error.text))
        }
      }
    }
    guard findings.isEmpty else { throw Problem(.invalid, "the \(kind) cannot be used", findings: findings) }
  }
}
