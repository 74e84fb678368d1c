"""Does the Supabase project fit the portal? Each check says what it found and what to do."""
