import Channels
import Engine
import RoostCore

extension SMPPChannel {
  /// How to reach the centre. Throws a finding if that cannot be read.
  ///
  /// - Parameter ratePerSecond: of the channel; here it holds for parts.
  func configuration(ratePerSecond: Double?) throws(Problem) -> SMPPConfiguration {
    var configuration: SMPPConfiguration
    do throws(SMTPConfigurationError) { configuration = try SMPPConfiguration(url: url, sender: from) } catch {
      throw .invalid(error.field == "from" ? "/from" : "/url", "\(error.field): \(error.detail)")
    }
    configuration.bind = SMPPConfiguration.Bind(rawValue: bind.rawValue) ?? .transceiver
    configuration.long = SMPPConfiguration.Long(rawValue: long.rawValue) ?? .udh
    configuration.isLatin = alphabet == .latin1
    configuration.systemType = systemType
    configuration.serviceType = serviceType
    configuration.addressRange = addressRange
    configuration.asksReceipts = receipts
    configuration.partsMax = partsMax
    configuration.connectionsMax = connections
    configuration.window = window
    configuration.validity = validity
    configuration.enquireEvery = enquireEvery
    configuration.timeout = timeout
    configuration.partsPerSecond = ratePerSecond
    configuration.destinationTON = destinationTON
    configuration.destinationNPI = destinationNPI
    configuration.temporaryCodes = Set(temporaryCodes)
    if let sourceTON { configuration.sender.ton = sourceTON }
    if let sourceNPI { configuration.sender.npi = sourceNPI }
    return configuration
  }
}

extension Partition {
  /// Channels whose other side brings something by itself, so that they are connected even while nothing is sent.
  func receivingChannels() -> [ClaimedChannel] {
    var found: [ClaimedChannel] = []
    for sources in definitions.workspaces {
      let id = sources.workspace.id
      for (key, definition) in compiled[id]?.definitions.channels ?? [:] where definition.smpp != nil {
        guard let document = sources.latest(.channel, key) else { continue }
        found.append(
          ClaimedChannel(
            ref: ChannelRef(workspace: id, key: key), document: document, definition: definition,
            workspace: sources.workspace.key))
      }
    }
    return found
  }
}
