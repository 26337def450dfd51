import RoostCore

/// Events as clients write them.
public enum Calls {
  /// A `track` call. `who` is a member such as `"userId":"ann"`; several are joined by commas.
  public static func track(
    _ event: String, _ who: String, _ properties: String = "{}", at time: String? = nil, id: String? = nil
  ) -> String {
    object(#""type":"track","event":"\#(event)",\#(who),"properties":\#(properties)"#, time, id)
  }

  public static func identify(
    _ who: String, _ traits: String = "{}", at time: String? = nil, id: String? = nil
  ) -> String {
    object(#""type":"identify",\#(who),"traits":\#(traits)"#, time, id)
  }

  public static func alias(from previous: String, to user: String, id: String? = nil) -> String {
    object(#""type":"alias","previousId":"\#(previous)","userId":"\#(user)""#, nil, id)
  }

  private static func object(_ members: String, _ time: String?, _ id: String?) -> String {
    var text = "{" + members
    if let time { text += #","timestamp":"\#(time)""# }
    if let id { text += #","messageId":"\#(id)""# }
    return text + "}"
  }
}
