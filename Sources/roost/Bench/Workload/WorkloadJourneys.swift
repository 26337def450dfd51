import RoostCore

/// Twenty journeys that events start: five of each of four kinds, with `where`, waits, branches and messages. About one
/// event in twenty lets somebody in. Marketing to people who were never asked, so that each message is decided on and
/// recorded, and none is sent.
enum WorkloadJourneys {
  static let template: JSONValue = [
    "channel": "email", "subject": "For {{ person.first_name | default: \"you\" }}",
    "text": "Hello {{ person.first_name | default: \"there\" }}, this is about {{ event.category }}.",
  ]

  static func documents() throws(Failure) -> [(key: String, body: JSONValue)] {
    var documents: [(key: String, body: JSONValue)] = []
    for number in 0..<5 {
      let category = WorkloadMixture.categories[number]
      for (kind, text) in [
        ("thanks", thanks(atLeast: 80 + 4 * number)), ("checkout", checkout(category)),
        ("interest", interest(category)), ("click", click(campaign: number)),
      ] {
        let key = "\(kind)-\(number)"
        let head = "{\"journey\":\"\(key)\",\"holdout\":\"0%\",\"class\":\"marketing\","
        documents.append((key, try WorkloadSegments.json(head + text + "}")))
      }
    }
    return documents
  }

  private static func thanks(atLeast total: Int) -> String {
    """
    "enter":{"event":"Order Completed","where":{"total":{"atLeast":\(total)}}},"again":"after 30d","steps":[{"wait":"1d"},
    {"branch":[{"if":{"segment":"bench-2"},"steps":[{"send":{"id":"loyal","channel":"email","template":"note"}}]},
    {"if":{"trait":"plan","is":"gold"},"steps":[{"send":{"id":"gold","channel":"email","template":"note"}}]},
    {"else":[{"send":{"id":"all","channel":"email","template":"note"}}]}]},{"wait":"7d"},
    {"set":{"trait":"thanked","to":true}}]
    """
  }

  private static func checkout(_ category: String) -> String {
    """
    "enter":{"event":"Checkout Started","where":{"category":"\(category)","total":{"atLeast":70}}},"again":"always",
    "exit":[{"event":"Order Completed"}],"steps":[{"wait":"2h"},{"send":{"id":"cart","channel":"email","template":"note"}},
    {"wait":"1d"},{"send":{"id":"again","channel":"email","template":"note"}}]
    """
  }

  private static func interest(_ category: String) -> String {
    """
    "enter":{"event":"Product Viewed","where":{"category":"\(category)","price":{"atLeast":95}}},"steps":[{"wait":"3d"},
    {"branch":[{"if":{"event":"Order Completed","within":"3d"},"steps":[{"exit":true}]}]},
    {"send":{"id":"offer","channel":"email","template":"note"}},{"wait":"7d"},{"set":{"trait":"likes","to":"\(category)"}}]
    """
  }

  /// The only kind that acts at once: a trait and a message in the handling of the event itself.
  private static func click(campaign: Int) -> String {
    """
    "enter":{"event":"Email Clicked","where":{"campaign":"c\(campaign)"}},"steps":[
    {"set":{"trait":"clicked","to":"c\(campaign)"}},{"send":{"id":"more","channel":"email","template":"note"}},
    {"wait":"7d"},{"branch":[{"if":{"event":"Email Opened","within":"7d"},"steps":[{"exit":true}]}]},
    {"send":{"id":"last","channel":"email","template":"note"}}]
    """
  }
}
