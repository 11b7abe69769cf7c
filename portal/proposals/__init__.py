"""What takes two people, besides decisions about entries: suspending a platform, and handing out records."""
