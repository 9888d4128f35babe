"""What all parts share: the report, bytes on the wire, servers, and things to attack."""
