"""What the tests against reality share: environments, damage, and the real loader's answer."""
