import Console
import NIOHTTP1
import RoostCore
import Runtime
import Testing

@testable import Server

struct PagesTests {
  @Test func nothingIsOpen() async throws {
    let world = try await World()
    let targets = [
      "/", "/console", "/console/shop", "/console/shop/people", "/mailbox", "/console/shop/messages/x/body",
    ]
    for target in targets {
      for cookie in ["", "\(world.pages.sessionCookie)=0000", "roost_session=1"] {
        let response = await world.get(target, cookie: cookie)
        #expect(response.status == .seeOther)
        #expect(response.headers.first(name: "location")?.hasPrefix("/console/sign-in") == true)
        #expect(response.body.isEmpty)
      }
    }
    let post = await world.post("/console/shop/journeys/welcome/pause", "csrf=")
    #expect(post.status == .forbidden)
    #expect(await world.get("/no-such-page").status == .notFound)
    await world.stop()
  }

  @Test func signsInAndOut() async throws {
    let world = try await World()
    let wrong = await world.post("/console/sign-in", "token=op_wrong")
    #expect(wrong.status == .forbidden)
    #expect(wrong.headers["set-cookie"].isEmpty)
    let response = await world.post(
      "/console/sign-in", "token=+\(world.node.operatorToken)%0A&return=/console/shop%3Fa=b")
    #expect(response.status == .seeOther)
    #expect(response.headers.first(name: "location") == "/console/shop?a=b")
    let cookie = try #require(response.headers.first(name: "set-cookie"))
    #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"))
    let (session, csrf) = try await world.signIn()
    #expect(await world.post("/console/sign-out", "csrf=\(csrf.reversed())", cookie: session).status == .forbidden)
    #expect(await world.get("/console", cookie: session).status == .ok)
    #expect(await world.post("/console/sign-out", "csrf=\(csrf)", cookie: session).status == .seeOther)
    #expect(await world.get("/console", cookie: session).status == .seeOther)
    await world.stop()
  }

  @Test(arguments: ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
  func returnsToNowhereElse(target: String) async throws {
    let world = try await World()
    let form = "token=\(world.node.operatorToken)&return=\(target)"
    let response = await world.post("/console/sign-in", form)
    #expect(response.headers.first(name: "location") == "/")
    await world.stop()
  }

  @Test func linksSignInOnce() async throws {
    let world = try await World()
    let link = world.pages.makeSignInLink()
    #expect(link.hasPrefix("/console/sign-in?token="))
    let looked = await world.pages.respond(world.request(.HEAD, link))
    #expect(looked.headers["set-cookie"].isEmpty, "a look uses nothing up")
    let first = await world.get(link)
    #expect(first.status == .seeOther && !first.headers["set-cookie"].isEmpty)
    let second = await world.get(link)
    #expect(second.status == .forbidden && second.headers["set-cookie"].isEmpty)
    await world.stop()
  }

  @Test func failuresAreLimited() async throws {
    let world = try await World()
    for _ in 0..<10 { #expect(await world.post("/console/sign-in", "token=x").status == .forbidden) }
    let refused = await world.post("/console/sign-in", "token=\(world.node.operatorToken)")
    #expect(refused.status == .tooManyRequests && refused.headers.first(name: "retry-after") == "60")
    await world.stop()
  }

  @Test func everyPageIsThere() async throws {
    let world = try await World()
    let (cookie, _) = try await world.signIn()
    let id = try #require(try await world.api(.GET, "/messages")["items"]?.array?.first?["id"]?.string)
    let person = try #require(try await world.api(.GET, "/people/user:42")["id"]?.string)
    let pages: [(target: String, words: [String])] = [
      ("/console", ["Shop &amp; Co"]), ("/console/shop", ["Thanks, Ann"]),
      ("/console/shop/people", ["ann@example.com"]),
      ("/console/shop/people?query=ann@example.com", ["ann@example.com"]),
      ("/console/shop/people/\(person)", ["Order Completed", "49.50", "Inside", "Buyers", "italian"].dropLast()),
      ("/console/shop/people/user:42", ["A-1"]), ("/console/shop/segments", ["Buyers", "100.0%"]),
      ("/console/shop/segments/buyers", ["segment: buyers", "Order Completed once"]),
      ("/console/shop/journeys", ["Welcome &lt;b&gt;", "Live"]),
      ("/console/shop/journeys/welcome", ["journey: welcome", "trait: country, is: IT", "1 here", "1 passed"]),
      ("/console/shop/messages", ["Thanks, Ann"]), ("/console/shop/messages?person=ann@example.com", ["Thanks, Ann"]),
      ("/console/shop/messages?person=nobody", ["No message fits"]),
      ("/console/shop/messages/\(id)", ["Order Completed", "Why this message?", "<iframe"]),
      ("/mailbox", ["Thanks, Ann", "Thank you for A-1."]), ("/mailbox/1-\(id)", ["<iframe"]),
      ("/console/shop/quarantine", ["missing"].dropLast()), ("/console/shop/quarantine/1", ["m3", "textarea"]),
    ]
    for (target, words) in pages {
      let response = await world.get(target, cookie: cookie)
      let text = response.text
      #expect(response.status == .ok, "\(target)")
      let visible = text.replacing(/<[^>]*>/, with: "")
      for word in words { #expect(text.contains(word) || visible.contains(word), "\(target): \(word)") }
      #expect(!text.contains("Ann <script>"), "\(target)")
      #expect(response.headers.first(name: "content-security-policy") == ContentSecurityPolicy.page)
      #expect(response.headers.first(name: "x-content-type-options") == "nosniff")
      #expect(response.headers.first(name: "referrer-policy") == "same-origin")
      #expect(response.headers.first(name: "x-frame-options") == "DENY")
      #expect(response.headers.first(name: "cache-control") == "no-store")
      for match in text.matches(of: /data-live="([a-z]+)"/) {
        let separator = target.contains("?") ? "&" : "?"
        let fragment = await world.get("\(target)\(separator)fragment=\(match.1)", cookie: cookie)
        #expect(fragment.status == .ok && fragment.text.contains("data-live=\"\(match.1)\""), "\(target) \(match.1)")
        #expect(!fragment.text.contains("<html"))
      }
    }
    for target in [
      "people/0000000000000000", "people/x:y", "segments/no", "journeys/no", "messages/no", "quarantine/9",
    ] {
      let response = await world.get("/console/shop/" + target, cookie: cookie)
      #expect(response.status == .notFound || response.status == .badRequest, "\(target)")
    }
    #expect(await world.get("/console/elsewhere", cookie: cookie).status == .notFound)
    #expect(await world.get("/mailbox/1-x", cookie: cookie).status == .notFound)
    await world.stop()
  }

  @Test func lettersAreShutIn() async throws {
    let world = try await World()
    let (cookie, _) = try await world.signIn()
    let id = try #require(try await world.api(.GET, "/messages")["items"]?.array?.first?["id"]?.string)
    for target in ["/mailbox/1-\(id)/body", "/console/shop/messages/\(id)/body"] {
      let response = await world.get(target, cookie: cookie)
      #expect(response.text.contains("<b>Ann &lt;script&gt;</b>"))
      let policy = try #require(response.headers.first(name: "content-security-policy"))
      #expect(policy == ContentSecurityPolicy.letterBody && policy.hasPrefix("sandbox;"))
      #expect(response.headers["x-frame-options"].isEmpty)
    }
    await world.stop()
  }

  @Test func formsAct() async throws {
    let world = try await World()
    let (cookie, csrf) = try await world.signIn()
    func status() async throws -> String? { try await world.api(.GET, "/journeys/welcome")["status"]?.string }
    let path = "/console/shop/journeys/welcome"
    #expect(await world.post(path + "/pause", "", cookie: cookie).status == .forbidden)
    #expect(try await status() == "published")
    for (action, expected) in [("pause", "paused"), ("resume", "published")] {
      let response = await world.post("\(path)/\(action)", "csrf=\(csrf)", cookie: cookie)
      #expect(response.headers.first(name: "location")?.hasPrefix(path + "?notice=") == true)
      #expect(try await status() == expected)
    }
    try await world.put("segments/vips", "segment: vips\norders: count\natLeast: 3")
    try await world.put(
      "journeys/welcome", "journey: welcome\nenter: {segment: vips}\nsteps: [{send: {channel: email, template: none}}]")
    let draft = await world.get(path, cookie: cookie)
    #expect(draft.text.contains("there is no template"))
    let refused = await world.post(path + "/publish", "csrf=\(csrf)&version=2", cookie: cookie)
    #expect(refused.status == .badRequest && refused.text.contains("Nothing was changed."))
    let stale = await world.post(path + "/publish", "csrf=\(csrf)&version=1", cookie: cookie)
    #expect(stale.status == .conflict)
    #expect(await world.get(path + "/pause", cookie: cookie).status == .methodNotAllowed)
    #expect(await world.post(path, "csrf=\(csrf)", cookie: cookie).status == .methodNotAllowed)
    await world.stop()
  }

  @Test func mendsAndReplays() async throws {
    let world = try await World()
    let (cookie, csrf) = try await world.signIn()
    let path = "/console/shop/quarantine/1"
    let bad = await world.post(path + "/replay", "csrf=\(csrf)&body=%7B%22type%22%3A%22track%22%7D", cookie: cookie)
    #expect(bad.status == .badRequest && bad.text.contains("The event was refused again."))
    let broken = await world.post(path + "/replay", "csrf=\(csrf)&body=%7B", cookie: cookie)
    #expect(broken.status == .badRequest && broken.text.contains("this is no JSON"))
    let body = "%7B%22type%22%3A%22track%22%2C%22userId%22%3A%2242%22%2C%22event%22%3A%22Mended%22%7D"
    let good = await world.post(path + "/replay", "csrf=\(csrf)&body=\(body)", cookie: cookie)
    #expect(good.headers.first(name: "location") == "/console/shop/quarantine?notice=replayed")
    #expect(await world.get(path, cookie: cookie).status == .notFound)
    #expect(await world.get("/console/shop/people/user:42", cookie: cookie).text.contains("Mended"))
    await world.stop()
  }

  @Test func movesTheClock() async throws {
    let world = try await World()
    let (cookie, csrf) = try await world.signIn()
    let response = await world.post("/console/clock", "csrf=\(csrf)&advance=30d&return=/console/shop", cookie: cookie)
    #expect(response.headers.first(name: "location") == "/console/shop?notice=clock")
    let journey = try await world.api(.GET, "/journeys/welcome")
    #expect(journey["finished"] == 1)
    #expect(await world.post("/console/clock", "csrf=\(csrf)&advance=x", cookie: cookie).status == .badRequest)
    await world.stop()
  }

  @Test func speaksTheReadersLanguage() async throws {
    let world = try await World()
    #expect(await world.get("/console/sign-in", ["accept-language": "ru-RU,ru;q=0.9"]).text.contains("lang=\"ru\""))
    let chosen = await world.get("/console/sign-in?language=ru")
    #expect(chosen.text.contains("lang=\"ru\""))
    #expect(chosen.headers["set-cookie"].contains { $0.hasPrefix("roost_language=ru; Path=/;") })
    let kept = await world.get("/console/sign-in", cookie: "a=b; roost_language=ru")
    #expect(kept.text.contains("lang=\"ru\"") && kept.headers["set-cookie"].isEmpty)
    await world.stop()
  }

  @Test func assetsMayBeKept() async throws {
    let world = try await World()
    for asset in Asset.all {
      let response = await world.get(asset.link.text)
      #expect(response.status == .ok && response.body == asset.bytes)
      #expect(response.headers.first(name: "content-type") == asset.mediaType)
      #expect(response.headers.first(name: "cache-control")?.contains("immutable") == true)
      #expect(await world.get(asset.path).headers.first(name: "cache-control") == "no-cache")
      let tag = try #require(response.headers.first(name: "etag"))
      #expect(await world.get(asset.path, ["if-none-match": tag]).status == .notModified)
    }
    await world.stop()
  }
}

/// The console's page of channels.
struct ChannelPageTests {
  @Test func showsAndTriesChannels() async throws {
    let world = try await World()
    try await world.put("channels/hooks", "type: webhook\nsecret: whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz")
    let (session, csrf) = try await world.signIn()
    let page = await world.get("/console/shop/channels", cookie: session)
    #expect(page.status == .ok && page.text.contains("hooks") && page.text.contains("works"))
    let russian = await world.get("/console/shop/channels?language=ru", cookie: session)
    #expect(russian.text.contains("Каналы") && russian.text.contains("работает"))
    let tried = await world.post("/console/shop/channels/hooks/try", "csrf=\(csrf)", cookie: session)
    #expect(tried.status == .ok && tried.text.contains("Ready"))
    #expect(await world.post("/console/shop/channels/none/try", "csrf=\(csrf)", cookie: session).status == .notFound)
    let again = await world.post("/console/shop/dead-letters/redrive", "csrf=\(csrf)", cookie: session)
    #expect(again.status == .seeOther)
    #expect(await world.post("/console/shop/dead-letters/redrive", "csrf=x", cookie: session).status == .forbidden)
    await world.stop()
  }
}
