import RoostCore

@testable import Console

extension SamplePages {
  var templates: TemplatesPage {
    TemplatesPage(rows: [
      .init(
        key: text("win-back"), name: text("Win back"), channel: text("email"), kind: text("message"),
        languages: [text("en"), text("ru")], version: 3, updatedAt: Self.ago(2), findings: 1),
      .init(
        key: text("foot"), name: text("foot"), channel: "", kind: "snippet", languages: [], version: 1,
        updatedAt: Self.ago(9), findings: 0),
      .init(
        key: text("frame"), name: text("Frame"), channel: "", kind: "layout", languages: [], version: 1,
        updatedAt: Self.ago(9), findings: 0),
    ])
  }

  /// - Parameter fails: nothing could be rendered.
  func template(fails: Bool) -> TemplatePage {
    TemplatePage(
      key: text("win-back"), name: text("Win back"), channel: text("email"), version: 3,
      languages: [text("en"), text("ru")],
      choice: .init(person: text("user:42"), language: text("ru"), isWide: fails),
      parts: [(text("subject"), text("Hi Ann & friends"))], text: text("Hi Ann"), htmlBytes: fails ? nil : 140_000,
      missing: [.init(value: text("person.first_name"), place: text("/html, 3:8"), detail: "")],
      unknown: [
        .init(
          value: text("person.frist_name"), place: text("/subject, 1:4"),
          detail: text("no person has ever had a trait \"frist_name\"; did you mean first_name?"))
      ], isStrict: !fails, fault: fails ? "! " + text("/html: line 2, column 5: divided_by: by 0") : "",
      definition: text("channel: email"), isSendable: true)
  }

  var templateForPush: TemplatePage {
    TemplatePage(
      key: text("ping"), name: text("Ping"), channel: text("push"), version: 1, languages: [],
      choice: .init(person: "", language: "", isWide: false), parts: [(text("title"), text("Ping"))], text: nil,
      htmlBytes: nil, missing: [], unknown: [], isStrict: false, fault: "", definition: text("channel: push"),
      isSendable: true)
  }
}
