// Checks a log of Sealedlog with code that is not Sealedlog's: golang.org/x/mod/sumdb, which is what checks Go's own modules.
//
//	go run main.go -vkey KEY -bundle FOLDER
//	go run main.go -vkey KEY -url http://127.0.0.1:4000/v1/organizations/acme/tlog -token slk_…
//
// What it finds to be true: the checkpoint is signed by KEY; every entry that is there stands under it, at its index; each
// 97th has a proof of inclusion that holds by itself; the log of now begins with the log of many earlier sizes; and what is
// disclosed of an entry is what the entry committed to.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var (
	vkey   = flag.String("vkey", "", "the verifier key that you trust")
	bundle = flag.String("bundle", "", "the folder of a bundle")
	url    = flag.String("url", "", "the address of a log, up to /tlog")
	token  = flag.String("token", "", "an API key with the scope read")
)

func main() {
	flag.Parse()
	tree := openCheckpoint(read("checkpoint"))
	if tree.N == 0 {
		check(tree.Hash == sha256.Sum256(nil), "the root of an empty log is %v", tree.Hash)
		fmt.Println("0 entries")
		return
	}
	// Every hash that this hands out is checked against the root of the checkpoint first.
	hashes := tlog.TileHashReader(tree, tiles{})
	entries, proofs, disclosed, committed := 0, 0, 0, 0
	for n := int64(0); n*256 < tree.N; n++ {
		leaves := readEntries(n, tree.N)
		if leaves == nil {
			continue
		}
		var at []int64
		for i := range leaves {
			at = append(at, tlog.StoredHashIndex(0, n*256+int64(i)))
		}
		inTree := must(hashes.ReadHashes(at))
		for i, leaf := range leaves {
			index := n*256 + int64(i)
			hash := tlog.RecordHash(leaf)
			check(hash == inTree[i], "entry %d is not the one in the tree", index)
			if index%97 == 0 || index == tree.N-1 {
				proof := must(tlog.ProveRecord(tree.N, index, hashes))
				check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, hash) == nil, "entry %d is not included", index)
				proofs++
			}
		}
		entries += len(leaves)
		shown, groups := checkDisclosures(n, leaves, tree.N)
		disclosed, committed = disclosed+shown, committed+groups
	}
	prefixes := checkPrefixes(tree, hashes, int64(entries) == tree.N)
	fmt.Printf("%d of %d entries, %d proofs of inclusion, %d of consistency, %d of %d disclosures\n",
		entries, tree.N, proofs, prefixes, disclosed, committed)
}

// openCheckpoint checks the signature and the origin, and returns size and root (c2sp.org/tlog-checkpoint).
func openCheckpoint(msg []byte) tlog.Tree {
	verifier := must(note.NewVerifier(strings.TrimSpace(*vkey)))
	opened := must(note.Open(msg, note.VerifierList(verifier)))
	lines := strings.Split(opened.Text, "\n")
	check(len(lines) > 3 && lines[0] == verifier.Name(), "the checkpoint is of %q, the key of %q", lines[0], verifier.Name())
	return tlog.Tree{N: must(strconv.ParseInt(lines[1], 10, 64)), Hash: must(tlog.ParseHash(lines[2]))}
}

// checkPrefixes proves that the log begins with what it was at some earlier sizes. The bundle of a part of a log has all
// tiles but the lowest, so that of those only sizes that end with one can be told.
func checkPrefixes(tree tlog.Tree, hashes tlog.HashReader, isWhole bool) (count int) {
	for size := int64(1); size < tree.N; size = size*3/2 + 1 {
		if !isWhole {
			size = (size + 255) / 256 * 256
		}
		if size >= tree.N {
			break
		}
		root := must(tlog.TreeHash(size, hashes))
		proof := must(tlog.ProveTree(tree.N, size, hashes))
		check(tlog.CheckTree(proof, tree.N, tree.Hash, size, root) == nil, "the log did not grow from size %d", size)
		count++
	}
	return count
}

// readEntries splits an entry bundle: two bytes of length before each leaf (c2sp.org/tlog-tiles). None where it is not inside.
func readEntries(n, treeSize int64) (leaves [][]byte) {
	path := tilePath("entries", n, width(n, treeSize))
	data := tryRead(path)
	if data == nil {
		return nil
	}
	for len(data) > 0 {
		check(len(data) >= 2 && len(data) >= 2+int(data[0])<<8+int(data[1]), "%s ends inside an entry", path)
		end := 2 + int(data[0])<<8 + int(data[1])
		leaves = append(leaves, data[2:end])
		data = data[end:]
	}
	check(len(leaves) == width(n, treeSize), "%s has %d entries", path, len(leaves))
	return leaves
}

// checkDisclosures holds what is disclosed against the commitments in the leaves: SHA-256 over a label and the exact bytes.
// It counts both; what is not shown was erased, withheld, or lost: which of these, sealedlog-verify tells.
func checkDisclosures(n int64, leaves [][]byte, treeSize int64) (disclosed, committed int) {
	groups := make([]map[string]string, len(leaves))
	for i, bytes := range leaves {
		var leaf struct{ Groups map[string]string }
		check(json.Unmarshal(bytes, &leaf) == nil, "the leaf of entry %d is no JSON", n*256+int64(i))
		groups[i] = leaf.Groups
		committed += len(leaf.Groups)
	}
	for _, line := range strings.SplitAfter(string(read("disclosures/"+number(n))), "\n") {
		if line == "" { // behind the last line feed
			continue
		}
		at, disclosure, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		index := must(strconv.ParseInt(at, 10, 64))
		if index >= treeSize { // over HTTP, of entries that came since the checkpoint
			continue
		}
		check(index/256 == n, "a disclosure of entry %d is in bundle %d", index, n)
		var said [3]json.RawMessage // salt, group, value
		var group string
		check(json.Unmarshal([]byte(disclosure), &said) == nil && json.Unmarshal(said[1], &group) == nil, "a disclosure of entry %d is no JSON", index)
		sum := sha256.Sum256([]byte("sealedlog/disclosure/v1\n" + disclosure))
		check(groups[index-n*256][group] == base64.RawURLEncoding.EncodeToString(sum[:]), "entry %d committed to another %s", index, group)
		disclosed++
	}
	return disclosed, committed
}

// tiles reads tiles where C2SP puts them, which is not where Go's checksum database does. It keeps them: each is asked for often.
type tiles struct{}

var kept = map[string][]byte{}

func (tiles) Height() int                     { return 8 }
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (tiles) ReadTiles(asked []tlog.Tile) (out [][]byte, err error) {
	for _, t := range asked {
		path := tilePath(strconv.Itoa(t.L), t.N, t.W)
		if kept[path] == nil {
			kept[path] = read(path)
		}
		out = append(out, kept[path])
	}
	return out, nil
}

func tilePath(level string, n int64, width int) string {
	path := "tile/" + level + "/" + number(n)
	if width < 256 {
		path += ".p/" + strconv.Itoa(width)
	}
	return path
}

// number writes 1234067 as x001/x234/067.
func number(n int64) string {
	text := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		text = fmt.Sprintf("x%03d/", n%1000) + text
	}
	return text
}

func width(n, treeSize int64) int {
	if left := treeSize - n*256; left < 256 {
		return int(left)
	}
	return 256
}

func read(path string) []byte {
	data := tryRead(path)
	check(data != nil, "%s is not there", path)
	return data
}

// tryRead returns nil for what a folder does not hold.
func tryRead(path string) []byte {
	if *url == "" {
		data, err := os.ReadFile(filepath.Join(*bundle, filepath.FromSlash(path)))
		check(err == nil || errors.Is(err, fs.ErrNotExist), "%v", err)
		return data
	}
	request := must(http.NewRequest("GET", *url+"/"+path, nil))
	request.Header.Set("Authorization", "Bearer "+*token)
	response := must(http.DefaultClient.Do(request))
	defer response.Body.Close()
	check(response.StatusCode == 200, "%s: %s", path, response.Status)
	return must(io.ReadAll(response.Body))
}

func must[T any](value T, err error) T {
	check(err == nil, "%v", err)
	return value
}

func check(holds bool, format string, args ...any) {
	if !holds {
		fmt.Fprintf(os.Stderr, "NOT VERIFIED: "+format+"\n", args...)
		os.Exit(1)
	}
}
