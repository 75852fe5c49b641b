cask "telehab" do
  version "@VERSION@"
  sha256 "@SHA256@"

  url "@ADDRESS@/telehab-#{version}-macos-universal.dmg"
  name "TeleHab"
  desc "Client profiles of a clinic, kept equal to Cliniko"
  homepage "https://app.telehab.io/"

  depends_on macos: ">= :monterey"

  app "TeleHab.app"

  uninstall quit: "io.telehab.desktop"

  zap trash: [
    "~/Library/Application Support/TeleHab",
    "~/Library/Application Support/TeleHab Demo",
    "~/Library/Caches/io.telehab.desktop",
    "~/Library/WebKit/io.telehab.desktop",
  ]
end
