public enum ConsoleSeed {}
