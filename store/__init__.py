"""The database: the only room that speaks SQL. Everything here answers to the protocols of ``peersupport.ports``."""
