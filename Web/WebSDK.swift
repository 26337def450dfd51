/// The browser SDK as it is served: the files beside this one, within the program.
public enum WebSDK {
  /// A file by its name; `nil` if there is none of that name.
  public static func file(_ name: String) -> [UInt8]? {
    switch name {
    case "roost.js": PackageResources.roost_js
    case "roost-sw.js": PackageResources.roost_sw_js
    default: nil
    }
  }
}
