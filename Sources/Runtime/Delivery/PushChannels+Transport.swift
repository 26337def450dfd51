import Channels
import Engine
import RoostCore

extension WebPushChannel {
  /// Who sends. Throws a finding if the key cannot be read.
  func vapid() throws(Problem) -> VAPID {
    guard let vapid = VAPID(privateKey: privateKey ?? "", subject: subject) else {
      throw .invalid("/privateKey", "is no P-256 private key: give its 32 bytes in base64url, or leave it out")
    }
    return vapid
  }

  var configuration: WebPushTransport.Configuration {
    var configuration = WebPushTransport.Configuration()
    configuration.ttlSeconds = Int(ttl.milliseconds / 1_000)
    configuration.urgency = WebPushTransport.Urgency(rawValue: urgency.rawValue) ?? .normal
    return configuration
  }
}

extension APNsChannel {
  func token() throws(Problem) -> APNsToken {
    guard let token = APNsToken(privateKey: privateKey, keyID: keyID, teamID: teamID) else {
      throw .invalid("/privateKey", "is no key that Apple makes: give the whole text of the .p8 file")
    }
    return token
  }

  var configuration: APNsTransport.Configuration {
    var configuration = APNsTransport.Configuration(topic: topic)
    configuration.server = server
    configuration.ttlSeconds = Int(ttl.milliseconds / 1_000)
    return configuration
  }
}

extension FCMChannel {
  var configuration: FCMTransport.Configuration {
    var configuration = FCMTransport.Configuration()
    configuration.server = server
    configuration.ttlSeconds = Int(ttl.milliseconds / 1_000)
    configuration.usesInstallationIDs = target == .fid
    return configuration
  }
}

/// A channel for browsers that is put without a key gets one, and keeps it: browsers subscribe to that key.
func withPushKey(_ body: JSONValue, of latest: JSONValue?) -> JSONValue {
  guard let members = body.members, body["type"]?.string == ChannelDefinition.Kind.webPush.rawValue,
    body["privateKey"] == nil || body["privateKey"] == .null
  else { return body }
  let key = latest?["privateKey"]?.string ?? VAPID.newPrivateKey()
  return .object(members.filter { $0.key != "privateKey" } + [.init("privateKey", .string(key))])
}
