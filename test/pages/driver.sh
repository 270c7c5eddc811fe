# One shell for a whole page. Reads steps from its stdin, each a line of base64, and says
# after each, where its output ends, how it ended.
exec 9<&0 </dev/null 2>&1
while IFS= read -r SSOX_TEST_STEP <&9; do
  eval "$(printf %s "$SSOX_TEST_STEP" | base64 --decode)" 9<&-
  printf '\n%s %s\n' "$SSOX_TEST_END" "$?"
done
