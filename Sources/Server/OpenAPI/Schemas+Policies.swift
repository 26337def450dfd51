import Delivery
import RoostCore

/// Caps, quiet hours, the global holdout.
extension Schemas {
  private static let over: JSONValue = Schema.any(of: [
    Schema.text(oneOf: ["hold", "skip"]),
    Schema.object([("channel", Schema.key), ("template", Schema.key)], required: ["channel"], isClosed: true),
  ])

  private static let timeOfDay = Schema.text(
    "by the person's clocks", pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$")

  private static let cap = Schema.object(
    [
      ("max", ["type": "integer", "minimum": 1, "maximum": .int(Int64(DeliveryPolicies.maxMax))]),
      (
        "per",
        Schema.text(
          "30m, 24h, 7d, 2w, month, 3 months; up to a year",
          pattern:
            "^([0-9]{1,6} *(m|min|minutes?|h|hours?|d|days?|w|weeks?|months?)|minute|hour|day|week|month)$")
      ),
      (
        "scope",
        Schema.text(
          "which messages are counted together: all, channel:KEY, class:marketing, journey:KEY, tag:X, advertiser:X, "
            + "network; channel, journey, tag and advertiser alone: each of them by itself",
          pattern: "^(all|class:marketing|network|(channel|journey|tag|advertiser)(:.+)?)$")
      ),
      (
        "window",
        Schema.text("calendar: by the person's days, weeks from Monday, months", oneOf: ["rolling", "calendar"])
      ),
      ("over", over),
    ], required: ["max", "per"], isClosed: true)

  private static let confirming = Schema.object(
    [
      ("template", Schema.key), ("send", Schema.flag("false: the workspace asks by itself")),
      ("validFor", Schema.span), ("resendAfter", Schema.span),
      ("requestsMax", ["type": "integer", "minimum": 1, "maximum": 20]),
    ], isClosed: true)

  static let policies = Schema.object(
    [
      ("caps", ["type": "array", "items": cap, "maxItems": .int(Int64(DeliveryPolicies.capsMax))]),
      (
        "quietHours",
        Schema.object(
          [("from", timeOfDay), ("to", timeOfDay), ("over", Schema.text(oneOf: ["hold", "skip"]))],
          required: ["from", "to"], isClosed: true)
      ),
      (
        "doubleOptIn",
        Schema.any(
          of: [Schema.list(Schema.text(oneOf: ChannelKind.allCases.map(\.rawValue))), Schema.map(confirming)],
          description: "marketing by these needs marketing.KIND.confirmed")
      ),
      (
        "softBounces",
        Schema.any(
          of: [
            ["const": false],
            Schema.object(
              [("max", ["type": "integer", "minimum": 1, "maximum": 20]), ("within", Schema.span)], isClosed: true),
          ], description: "how many within which time make an address count as dead; 5 within 14d")
      ),
      (
        "activity",
        Schema.object(
          [("ignore", Schema.list(Schema.text("an event that is not the person's doing")))], isClosed: true)
      ),
      (
        "globalHoldout",
        Schema.text("the share of people who get no marketing", pattern: "^[0-9]{1,3}([.][0-9]{1,2})?%$")
      ),
    ], isClosed: true)
}
