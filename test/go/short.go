// The whole log from a bundle, in a few lines: is what it says of its entries what its key signed?
package main

import (
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() { // short <vkey> <folder>
	verifier, _ := note.NewVerifier(os.Args[1])
	signed, _ := os.ReadFile(os.Args[2] + "/checkpoint")
	checkpoint, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		panic(err)
	}
	var size int64
	var origin, root string
	fmt.Sscanf(checkpoint.Text, "%s\n%d\n%s\n", &origin, &size, &root)

	var hashes []tlog.Hash
	kept := tlog.HashReaderFunc(func(at []int64) (some []tlog.Hash, _ error) {
		for _, i := range at {
			some = append(some, hashes[i])
		}
		return some, nil
	})
	for i := int64(0); i < size; {
		path := fmt.Sprintf("%s/tile/entries/%03d", os.Args[2], i/256) // up to 256,000 entries
		if size-i < 256 {
			path += fmt.Sprintf(".p/%d", size-i)
		}
		bundle, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		for ; len(bundle) > 0; i++ {
			end := 2 + int(bundle[0])<<8 + int(bundle[1])
			more, _ := tlog.StoredHashes(i, bundle[2:end], kept)
			hashes, bundle = append(hashes, more...), bundle[end:]
		}
	}
	computed, _ := tlog.TreeHash(size, kept)
	fmt.Println(size, "entries of", origin, "verified:", computed.String() == root)
}
